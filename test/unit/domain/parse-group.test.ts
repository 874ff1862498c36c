import { describe, expect, test } from 'vitest';
import { parseGroupsOf } from '../../../src/domain/parse-group.ts';

const group = [
  'root:x:0:',
  'web:x:70010:alice,bob',
  'mail:x:8:bob',
  'again:x:8:bob',
  'bobs:x:70011:bobby,bo',
  'broken:x:70012:bob:extra',
  'odd:x:none:bob',
].join('\n');

describe('parseGroupsOf', () => {
  test('lists the groups that name the user as a whole word, each number once', () => {
    expect(parseGroupsOf(group, 'bob').map(({ gid }) => gid)).toEqual([70010, 8]);
  });

  test('finds none for a stranger, and none for the empty name', () => {
    expect(parseGroupsOf(group, 'carol')).toEqual([]);
    expect(parseGroupsOf('all:x:9:\n', 'carol')).toEqual([]);
  });
});
