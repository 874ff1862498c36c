import { expect, test } from 'vitest';
import { decideLandlock } from '../../../src/linux/landlock.ts';

const refer = 1n << 13n;

test.each([
  [0, undefined],
  [1, undefined],
  [2, { files: refer, scoped: 0n }],
  [5, { files: refer, scoped: 0n }],
  [6, { files: 0n, scoped: 3n }],
  [7, { files: 0n, scoped: 3n }],
])('Landlock of version %i gives what it can', (version, rules) => {
  expect(decideLandlock(version)).toEqual(rules);
});
