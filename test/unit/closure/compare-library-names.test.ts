import { expect, test } from 'vitest';
import { compareLibraryNames } from '../../../src/closure/compare-library-names.ts';

// biome-ignore format: a table
test.each([
  ['liba.so',      'libb.so'],
  ['liba.so',      'liba.so.1'],
  ['liba.so.2',    'liba.so.10'],
  ['liba.so.9.9',  'liba.so.10'],
  ['lib.so',       'lib1.so'],
  ['liba.so',      'lib1.so'],
  ['liba-2.so',    'liba-02a.so'],
  ['liba',         'liba1'],
  ['liba.4294967297', 'liba.2'],
])('compareLibraryNames puts %s before %s', (first, second) => {
  expect(compareLibraryNames(first, second)).toBeLessThan(0);
  expect(compareLibraryNames(second, first)).toBeGreaterThan(0);
});

test('compareLibraryNames calls numbers of one value alike', () => {
  expect(compareLibraryNames('liba.so.01', 'liba.so.1')).toBe(0);
  expect(compareLibraryNames('', '')).toBe(0);
});
