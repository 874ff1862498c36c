import process from 'node:process';
import { Interrupted } from '../../src/errors/interrupted.ts';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { type CreateWords, create } from './run-create.ts';

// Creates domains in a process of its own, so that a test can kill it: `create-driver.ts WORDS`, the words as JSON.
// Standard output is the code of the error, or nothing; the status is the error's.
const words = JSON.parse(process.argv[2] ?? '') as CreateWords;
const controller = new AbortController();
process.on('SIGINT', () => controller.abort(new Interrupted('SIGINT')));
if (words.uid !== undefined) process.setuid?.(words.uid);
try {
  await create(words, controller.signal);
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.stdout.write(error instanceof VirtfsError ? error.code : (error as Error).name);
  process.exitCode = error instanceof VirtfsError || error instanceof Interrupted ? error.exitStatus : 70;
}
