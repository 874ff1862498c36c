import { describe, expect, it } from 'vitest';
import {
  chooseAccounts,
  chooseSystemAccounts,
  findOwner,
  homeOf,
} from '../../../src/plan/choose-accounts.ts';
import { planAccounts } from '../../../src/plan/plan-accounts.ts';
import { textOf } from '../../support/entries.ts';
import { textHost } from '../../support/text-host.ts';
import { thrownBy } from '../../support/thrown.ts';

const all = () => true;
const uids = { first: 200_000, count: 10_000 };

describe('chooseSystemAccounts', () => {
  it('takes numbers from the host, and from the base system where the host has none', () => {
    const chosen = system({
      users: ['postgres', 'mail'],
      passwd:
        'root:x:0:0:Root of vm:/root:/bin/bash\npostgres:x:101:104:DB,,,:/var/lib/postgresql:/bin/bash\n',
      group: 'root:x:0:\npostgres:x:104:anna\nshadow:x:15:\n',
    });
    expect(chosen.notices).toEqual([]);
    expect(chosen.users.map(({ name, uid, gid }) => [name, uid, gid])).toEqual([
      ['root', 0, 0],
      ['mail', 8, 8],
      ['postgres', 101, 104],
      ['nobody', 65534, 65534],
    ]);
    expect(chosen.groups).toContainEqual({ name: 'postgres', gid: 104, members: [] });
    expect(chosen.groups).toContainEqual({ name: 'shadow', gid: 15, members: [] });
  });

  it('takes no full name, no password and no shell from the host', () => {
    const passwd = 'root:secret:0:0:Jane Doe:/root:/bin/zsh\nmail:x:8:8:Jane Doe:/home/jane:/bin/bash\n';
    const { users } = system({ users: ['mail'], passwd });
    expect(JSON.stringify(users)).not.toMatch(/Jane|secret|zsh|"\/home/u);
    expect(users.find(({ name }) => name === 'mail')?.shell).toBe('/usr/sbin/nologin');
  });

  it('leaves out, with a notice, an account that is no system account', () => {
    const passwd =
      'anna:x:1000:1000::/home/anna:/bin/bash\ntoor:x:0:0::/root:/bin/sh\nhalf:x:5:1000::/:/bin/sh\n';
    const { users, notices } = system({
      users: ['anna', 'toor', 'half', 'absent'],
      groups: ['people'],
      passwd,
    });
    expect(users.map(({ name }) => name)).toEqual(['root', 'nobody']);
    expect(notices).toHaveLength(5);
  });

  it('keeps root at 0 whatever the host file says', () => {
    const { users } = system({ passwd: 'root:x:33:33::/:/bin/sh\n', group: 'root:x:33:\n' });
    expect(users[0]).toMatchObject({ name: 'root', uid: 0, gid: 0 });
  });

  it('lets no field of the host forge a second account', () => {
    const passwd = 'mail:x:8:8:x:/var/mail\u2028root::0:0\nx:x:9:9:::/a\u0000:/b\nbad name:x:9:9::/:\n';
    const chosen = system({ users: ['mail', 'x'], passwd });
    const text = textOf(planAccounts({ accounts: chosen }), 'etc/passwd');
    expect(
      text
        .trimEnd()
        .split('\n')
        .every((line) => line.split(':').length === 7),
    ).toBe(true);
    expect(text).not.toMatch(/[^\n\x20-\x7e]/u);
  });

  it('gives a shell that is in the tree', () => {
    const { users } = system({ inTree: (path) => path === '/bin/sh' || path === '/sbin/nologin' });
    expect(users.map(({ shell }) => shell)).toEqual(['/bin/sh', '/sbin/nologin']);
    expect(system({ inTree: () => false }).users.map(({ shell }) => shell)).toEqual([
      '/bin/sh',
      '/bin/false',
    ]);
  });
});

describe('chooseAccounts', () => {
  it('adds webmaster, the administrator and their groups from the range of the domain', () => {
    const { users, groups } = chooseAccounts({ system: system({}), admin: 'crc', uids, shell: '/bin/bash' });
    expect(users.slice(-2)).toMatchObject([
      { name: 'webmaster', uid: 200_000, gid: 200_000, home: '/var/www' },
      { name: 'crc', uid: 200_001, gid: 200_001, home: '/home/c/crc', shell: '/bin/bash' },
    ]);
    expect(groups.slice(-2)).toEqual([
      { name: 'www', gid: 200_000, members: ['crc'] },
      { name: 'crc', gid: 200_001, members: [] },
    ]);
  });

  it('refuses an administrator whose name an account or group has', () => {
    const chosen = system({
      users: ['postgres'],
      passwd: 'postgres:x:101:104::/:/bin/sh\n',
      group: 'dbs:x:104:\n',
    });
    for (const admin of ['postgres', 'dbs', 'root', 'webmaster', 'a:0:0', 'a\nb']) {
      expect(thrownBy(() => chooseAccounts({ system: chosen, admin, uids, shell: '/bin/bash' })).code).toBe(
        'BAD_USER_NAME',
      );
    }
  });
});

describe('findOwner', () => {
  it('answers the numbers of the tree, and BAD_PROFILE for names it does not have', () => {
    const chosen = system({});
    expect(findOwner(chosen, 'nobody', 'mail')).toEqual({ uid: 65534, gid: 8 });
    expect(thrownBy(() => findOwner(chosen, 'nobody', 'people')).code).toBe('BAD_PROFILE');
    expect(thrownBy(() => findOwner(chosen, 'anna', 'mail')).code).toBe('BAD_PROFILE');
  });
});

describe('homeOf', () => {
  it.each([
    ['crc', '/home/c/crc'],
    ['_x', '/home/a/_x'],
  ])('puts %s at %s', (name, home) => {
    expect(homeOf(name)).toBe(home);
  });
});

function system(options: {
  users?: string[];
  groups?: string[];
  passwd?: string;
  group?: string;
  inTree?: (path: string) => boolean;
}) {
  const host = textHost({ '/etc/passwd': options.passwd ?? '', '/etc/group': options.group ?? '' });
  const { users = [], groups = [], inTree = all } = options;
  return chooseSystemAccounts({ users, groups, host, inTree });
}
