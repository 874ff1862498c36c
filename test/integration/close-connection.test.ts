import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { runProgram } from '../support/run-virtexec.ts';

const driver = join(import.meta.dirname, '../support/close-lingering.ts');

test('closeConnection does not wait for a client who takes nothing, whatever was said of lingering', () => {
  expect(runProgram([process.execPath, driver])).toMatchObject({ status: 0, out: 'closed\n', err: '' });
});
