import { describe, expect, test } from 'vitest';
import { type NewUser, planUser } from '../../../src/plan/plan-user.ts';
import { thrownBy } from '../../support/thrown.ts';

const files = {
  passwd: 'root:x:0:0:root:/root:/bin/sh\nanna:x:70001:70001::/home/a/anna:/bin/sh\n',
  group: 'root:x:0:\nanna:x:70001:\nwww:x:70000:anna\nweb:x:70005:bob\n',
  shadow: 'root:*:::::::\nanna:!:::::::\n',
  gshadow: 'root:!::\nanna:!::\nwww:!::anna\nweb:!:bob,anna:bob\n',
};
const at = { domain: 'a.org', uids: { first: 70_000, count: 1000 }, owners: new Set<number>(), day: 20_000 };
const hash = `$y$j9T$${'a'.repeat(22)}$${'b'.repeat(43)}`;

function bob(more: Partial<NewUser> = {}): NewUser {
  const plain = { gecos: 'Böb', shell: '/bin/false', home: undefined, uid: undefined, groups: [] };
  return { name: 'bob', ...plain, systemGroups: false, hash: undefined, ...more };
}

describe('planUser', () => {
  test('gives a user a number, a group, a home and a closed account', () => {
    const { account, files: planned } = planUser(files, bob(), at);
    expect(account).toMatchObject({ uid: 70006, gid: 70006, home: '/home/b/bob' });
    expect(planned.passwd).toBe(`${files.passwd}bob:x:70006:70006:B\xc3\xb6b:/home/b/bob:/bin/false\n`);
    expect(planned.group).toContain('\nbob:x:70006:\n');
    expect(planned.shadow).toBe(`${files.shadow}bob:!::0:99999:7:::\n`);
    expect(planned.gshadow).toContain('\nbob:!::\n');
  });

  test('puts him into the groups that are asked for, and into no other his name stands in', () => {
    const { group, gshadow } = planUser(files, bob({ groups: ['www'] }), at).files;
    expect(group).toContain('www:x:70000:anna,bob\nweb:x:70005:\n');
    expect(gshadow).toContain('www:!::anna,bob\nweb:!:anna:\n');
  });

  test('writes down the day of a password', () => {
    expect(planUser(files, bob({ hash }), at).files.shadow).toContain(`bob:${hash}:20000:0:99999:7:::\n`);
  });

  test('gives nobody a number that owns a home', () => {
    expect(planUser(files, bob(), { ...at, owners: new Set([70006, 70007]) }).account.uid).toBe(70008);
  });

  test('takes the number that is asked for', () => {
    expect(planUser(files, bob({ uid: 70500 }), at).account).toMatchObject({ uid: 70500, gid: 70500 });
  });

  test.each([
    [70001, 'USER_EXISTS'],
    [70005, 'USER_EXISTS'],
    [0, 'USER_FORBIDDEN'],
    [1000, 'USER_FORBIDDEN'],
    [71000, 'USER_FORBIDDEN'],
  ])('refuses the number %d with %s', (uid, code) => {
    expect(thrownBy(() => planUser(files, bob({ uid }), at)).code).toBe(code);
  });

  test('refuses a name that is taken', () => {
    expect(thrownBy(() => planUser(files, bob({ name: 'anna' }), at)).code).toBe('USER_EXISTS');
    expect(thrownBy(() => planUser(files, bob({ name: 'web' }), at)).code).toBe('USER_EXISTS');
    expect(thrownBy(() => planUser(files, bob({ name: 'www' }), at)).code).toBe('USER_EXISTS');
  });

  test('takes up what an interrupted addition left', () => {
    const half = planUser(files, bob({ groups: ['www'], hash }), at).files;
    const again = planUser({ ...half, passwd: files.passwd }, bob({ groups: ['www'], hash }), at).files;
    expect(again).toEqual(half);
  });

  test('takes up no group whose number somebody has, or another is asked for', () => {
    const withGroup = (gid: number) => ({ ...files, group: `${files.group}bob:x:${gid}:\n` });
    expect(planUser(withGroup(70300), bob(), at).account.uid).toBe(70300);
    for (const gid of [70001, 0, 42, 99999])
      expect(thrownBy(() => planUser(withGroup(gid), bob(), at)).code).toBe('USER_EXISTS');
    expect(thrownBy(() => planUser(withGroup(70300), bob({ uid: 70301 }), at)).code).toBe('USER_EXISTS');
  });
});
