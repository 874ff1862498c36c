import { describe, expect, it } from 'vitest';
import { parseSize } from '../../../src/cli/parse-size.ts';

describe('parseSize', () => {
  it.each([
    ['100000', 100_000],
    ['500MB', 500_000_000],
    ['500m', 500_000_000],
    ['1.5 GB', 1_500_000_000],
    ['2GiB', 2 * 1024 ** 3],
    ['1KiB', 1024],
    ['4TB', 4e12],
    ['7b', 7],
  ])('reads %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '0', '-1', 'MB', '5XB', '1e9', '0.1', '5 5', 'unlimited', '9999999TB', '5\n'])(
    'refuses %j',
    (text) => {
      expect(parseSize(text)).toBeUndefined();
    },
  );
});
