import { expect, test } from 'vitest';
import { matchesGlob } from '../../../src/closure/matches-glob.ts';

// biome-ignore format: a table
test.each([
  ['*.conf',     'a.conf',      true],
  ['*.conf',     'a.conf.dpkg', false],
  ['*.conf',     '.conf',       false],
  ['.*',         '.conf',       true],
  ['*',          '',            true],
  ['a*b*c',      'aXbXbXc',     true],
  ['a*b*c',      'aXbXbX',      false],
  ['?.conf',     'ab.conf',     false],
  ['[a-c]x',     'bx',          true],
  ['[!a-c]x',    'bx',          false],
  ['[]x]',       ']',           true],
  ['[',          '[',           true],
  ['a\\*',       'a*',          true],
  ['a\\*',       'ab',          false],
  ['a.c',        'abc',         false],
])('matchesGlob(%j, %j) is %j', (pattern, name, expected) => {
  expect(matchesGlob(pattern, name)).toBe(expected);
});

test('matchesGlob ends soon on a pattern made to try every way', () => {
  expect(matchesGlob(`${'*a'.repeat(120)}b`, 'a'.repeat(255))).toBe(false);
});
