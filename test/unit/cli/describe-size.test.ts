import { expect, it } from 'vitest';
import { describeCount, describeSize } from '../../../src/cli/describe-size.ts';

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [9949, '9.9 kB'],
  [9950, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [1.8e9, '1.8 GB'],
  [5e15, '5000 TB'],
])('describeSize(%d) is %s', (bytes, text) => {
  expect(describeSize(bytes)).toBe(text);
});

it('describeCount speaks of one and of many', () => {
  expect(describeCount(1, 'entry', 'entries')).toBe('1 entry');
  expect(describeCount(17_940, 'entry', 'entries')).toBe('17 940 entries');
});
