import { describe, expect, test } from 'vitest';
import { planUserRemoval } from '../../../src/plan/plan-user-removal.ts';
import { thrownBy } from '../../support/thrown.ts';

const files = {
  passwd:
    'root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/bin/false\nbob:x:70001:70001::/home/b/bob:/bin/sh\nbob:x:0:0::/:/bin/sh\n',
  group: 'root:x:0:\nbob:x:70001:\nweb:x:70005:anna,bob\n',
  shadow: 'root:*:::::::\nbob:!:::::::\n',
  gshadow: 'bob:!::\nweb:!:bob:anna,bob\n',
};
const removal = { domain: 'a.org', name: 'bob', uids: { first: 70_000, count: 1000 }, force: false };

describe('planUserRemoval', () => {
  test('takes a user out of every file, a second line of his name too', () => {
    const { files: left, account } = planUserRemoval(files, removal);
    expect(account).toEqual({ uid: 70001, home: '/home/b/bob' });
    expect(left).toEqual({
      passwd: 'root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/bin/false\n',
      group: 'root:x:0:\nweb:x:70005:anna\n',
      shadow: 'root:*:::::::\n',
      gshadow: 'web:!::anna\n',
    });
  });

  test('leaves the group of his name to others who are in it', () => {
    const group = files.group.replace('bob:x:70001:', 'bob:x:70001:bob,carl');
    const { files: left, notices } = planUserRemoval({ ...files, group }, removal);
    expect(left.group).toContain('bob:x:70001:carl\n');
    expect(notices).toHaveLength(1);
  });

  test('leaves the group of his name to one whose first group it is', () => {
    const passwd = `${files.passwd}eve:x:70002:70001::/:/bin/sh\n`;
    expect(planUserRemoval({ ...files, passwd }, removal).files.group).toContain('bob:x:70001:\n');
  });

  test('completes a removal that was interrupted', () => {
    const whole = planUserRemoval(files, removal).files;
    const { files: left, account } = planUserRemoval({ ...files, passwd: whole.passwd }, removal);
    expect(left).toEqual(whole);
    expect(account).toBeUndefined();
  });

  test('says so when nobody has the name', () => {
    expect(thrownBy(() => planUserRemoval(files, { ...removal, name: 'carl' })).code).toBe('UNKNOWN_USER');
  });

  test('removes an account of the system only by force, and never root', () => {
    const www = { ...removal, name: 'www-data' };
    expect(thrownBy(() => planUserRemoval(files, www)).code).toBe('USER_FORBIDDEN');
    expect(planUserRemoval(files, { ...www, force: true }).files.passwd).not.toContain('www-data');
    const root = { ...removal, name: 'root', force: true };
    expect(thrownBy(() => planUserRemoval(files, root)).code).toBe('USER_FORBIDDEN');
    const second = files.passwd.replace('bob:x:70001', 'bob:x:0');
    expect(
      thrownBy(() => planUserRemoval({ ...files, passwd: second }, { ...removal, force: true })).code,
    ).toBe('USER_FORBIDDEN');
  });

  test('treats everyone as the system’s where the tree has no ids of its own', () => {
    expect(thrownBy(() => planUserRemoval(files, { ...removal, uids: undefined })).code).toBe(
      'USER_FORBIDDEN',
    );
  });
});
