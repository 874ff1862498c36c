import { describe, expect, test } from 'vitest';
import { listTreeUsers } from '../../../src/domain/list-users.ts';

const files = {
  passwd: [
    'root:x:0:0:root:/root:/bin/sh',
    'bob:x:70001:70001:B\xc3\xb6b:/home/b/bob:/bin/sh',
    'bob:x:0:0:again:/:/bin/sh',
    'lost:x:70002:70999::/:/bin/sh',
    'host:x:1000:70001::/:/bin/sh',
    'odd:x:-1:0::/:/bin/sh',
    '+::::::',
  ].join('\n'),
  group: 'root:x:0:\nbob:x:70001:\nweb:x:70010:bob,root\nsecond:x:70001:\n',
  shadow: 'bob:!:::::::\n',
  gshadow: '',
};

describe('listTreeUsers', () => {
  const users = listTreeUsers(files, { first: 70000, count: 1000 });

  test('gives each name once, with its groups, the primary one first', () => {
    expect(users.map(({ name, groups }) => [name, groups])).toEqual([
      ['root', ['root', 'web']],
      ['bob', ['bob', 'web']],
      ['lost', ['70999']],
      ['host', ['bob']],
    ]);
  });

  test('tells the people of the domain from the system and from strangers', () => {
    expect(users.map(({ kind }) => kind)).toEqual(['system', 'person', 'person', 'foreign']);
    expect(listTreeUsers(files, undefined).map(({ kind }) => kind)).toEqual([
      'system',
      'foreign',
      'foreign',
      'foreign',
    ]);
  });

  test('reads full names as UTF-8', () => {
    expect(users[1]?.gecos).toBe('Böb');
  });
});
