import { describe, expect, it } from 'vitest';
import type { Accounts } from '../../../src/domain/account.ts';
import { planAccounts } from '../../../src/plan/plan-accounts.ts';
import { textOf } from '../../support/entries.ts';

const accounts: Accounts = {
  users: [
    { name: 'root', uid: 0, gid: 0, gecos: 'root', home: '/root', shell: '/bin/sh' },
    { name: 'nobody', uid: 65534, gid: 65534, gecos: 'nobody', home: '/', shell: '/bin/false' },
    { name: 'crc', uid: 200_001, gid: 200_001, gecos: '', home: '/home/c/crc', shell: '/bin/sh' },
  ],
  groups: [
    { name: 'root', gid: 0, members: [] },
    { name: 'shadow', gid: 42, members: [] },
    { name: 'www', gid: 200_000, members: ['crc'] },
  ],
};

describe('planAccounts', () => {
  it('writes the four files, nobody with a password', () => {
    const entries = planAccounts({ accounts });
    expect(textOf(entries, 'etc/passwd')).toBe(
      'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\ncrc:x:200001:200001::/home/c/crc:/bin/sh\n',
    );
    expect(textOf(entries, 'etc/group')).toBe('root:x:0:\nshadow:x:42:\nwww:x:200000:crc\n');
    expect(textOf(entries, 'etc/shadow')).toBe(
      'root:*::0:99999:7:::\nnobody:*::0:99999:7:::\ncrc:!::0:99999:7:::\n',
    );
    expect(textOf(entries, 'etc/gshadow')).toBe('root:!::\nshadow:!::\nwww:!::crc\n');
  });

  it('keeps shadow and gshadow from all but root and the group shadow', () => {
    for (const entry of planAccounts({ accounts })) {
      const closed = entry.path.endsWith('shadow');
      expect(entry).toMatchObject({
        mode: closed ? 0o640 : 0o644,
        owner: { uid: 0, gid: closed ? 42 : 0 },
        shared: false,
      });
    }
  });

  it.each(['a:b', 'a\nroot::0:0', 'a\0', 'a\u2028b'])('does not write a field like %j', (gecos) => {
    const users = [...accounts.users, { name: 'x', uid: 1, gid: 1, gecos, home: '/', shell: '/bin/sh' }];
    expect(() => planAccounts({ accounts: { ...accounts, users } })).toThrow('not a field');
  });
});
