import { expect, test } from 'vitest';
import { parseOpenFileLimit } from '../../../src/host/read-caller-open-files.ts';

test('reads soft and hard limit, and unlimited as the highest number', () => {
  const text =
    'Max processes   unlimited unlimited processes\nMax open files            1024                 unlimited            files\n';
  expect(parseOpenFileLimit(text)).toEqual({ soft: 1024n, hard: 0xffff_ffff_ffff_ffffn });
  expect(parseOpenFileLimit('')).toBeUndefined();
});
