import { describe, expect, test } from 'vitest';
import { listTreeAccounts } from '../../../src/domain/tree-accounts.ts';
import { accountsOf, hash1 } from '../../support/declared.ts';

const uids = { first: 200_000, count: 10_000 };

describe('listTreeAccounts', () => {
  test('has the people with what shadow and group say of them', () => {
    const { people } = accountsOf({
      users: ['bob:200002:Bob B'],
      groups: ['devs:200100:bob,anna', 'bob:200002:bob'],
      passwords: [`bob:${hash1}`],
    });
    expect(people.map(({ name }) => name)).toEqual(['webmaster', 'admin', 'bob']);
    expect(people[1]).toMatchObject({ groups: ['www'], passwordHash: '!' });
    // A group of his own name is no supplementary one.
    expect(people[2]).toEqual({
      name: 'bob',
      uid: 200_002,
      fullName: 'Bob B',
      shell: '/bin/false',
      home: '/home/b/bob',
      groups: ['devs'],
      passwordHash: hash1,
    });
  });

  test('tells own, system and foreign groups apart, and those nobody is in', () => {
    const { groups } = accountsOf({ groups: ['devs:200100:', 'host:1000:', 'used:200101:bob'] });
    expect(groups.get('devs')).toEqual({
      gid: 200_100,
      kind: 'own',
      isPrimary: false,
      members: [],
      isPlain: true,
    });
    expect(groups.get('used')).toMatchObject({ members: ['bob'] });
    expect(groups.get('www')).toMatchObject({ kind: 'own', isPrimary: true });
    expect(groups.get('mail')).toMatchObject({ kind: 'system' });
    expect(groups.get('root')).toMatchObject({ kind: 'foreign' });
    expect(groups.get('host')).toMatchObject({ kind: 'foreign' });
  });

  test('takes the first of two lines of one name, as the C library does', () => {
    const passwd = 'bob:x:200002:200002::/a/b:/bin/sh\nbob:x:0:0::/root:/bin/sh\n';
    const shadow = `bob:${hash1}:::::::\nbob::::::::\n`;
    const { people } = listTreeAccounts({ passwd, group: '', shadow, gshadow: '' }, uids, '/bin/sh');
    expect(people).toMatchObject([{ uid: 200_002, passwordHash: hash1 }]);
  });

  test('sets names aside that no command can be given', () => {
    const names = ['-rf', 'a/b', 'b\xfcb', 'a\u001bb', 'ok'];
    const passwd = names.map((name) => `${name}:x:200005:200005::/:/bin/sh\n`).join('');
    const shadow = names.map((name) => `x${name}:!:::::::\n`).join('');
    const { people, oddNames, leftovers } = listTreeAccounts(
      { passwd, group: '', shadow, gshadow: '' },
      uids,
      '',
    );
    expect(people.map(({ name }) => name)).toEqual(['ok']);
    expect(oddNames).toEqual(['a/b', 'b\ufffdb', 'a\u001bb']);
    expect(leftovers).toEqual(['x-rf', 'xok']);
  });

  test('reads long files in no time that grows with their square', () => {
    const count = 20_000;
    const each = (line: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => line(index)).join('');
    const passwd = each((index) => `u${index}:x:${200_000 + (index % 10_000)}:1::/:/bin/sh\n`);
    const group = each((index) => `g${index}:x:${index}:bob\n`);
    const shadow = each((index) => `u${index}:!:::::::\n`);
    const { people } = listTreeAccounts({ passwd, group, shadow, gshadow: '' }, uids, '');
    expect(people).toHaveLength(count);
  });
});
