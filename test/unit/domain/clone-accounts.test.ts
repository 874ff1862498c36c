import { describe, expect, it } from 'vitest';
import type { AccountFiles } from '../../../src/domain/account-lines.ts';
import { cloneAccounts } from '../../../src/domain/clone-accounts.ts';
import { mapId } from '../../../src/domain/map-id.ts';

describe('cloneAccounts', () => {
  it('gives people the numbers of the new domain and leaves the rest of each line', () => {
    const { files, leftOut } = clone({
      passwd: 'root:x:0:0:root:/root:/bin/sh\nbob:x:200005:200006:B\xf6b:/home/b/bob:/bin/sh\n',
      group: 'root:x:0:\nbob:x:200006:anna,bob\n',
      shadow: 'root:*::0:99999:7:::\nbob:$6$a$b:1:2:3:4:5:6:7\n',
      gshadow: 'bob:!::\n',
    });
    expect(files.passwd).toBe(
      'root:x:0:0:root:/root:/bin/sh\nbob:x:300005:300006:B\xf6b:/home/b/bob:/bin/sh\n',
    );
    expect(files.group).toBe('root:x:0:\nbob:x:300006:anna,bob\n');
    expect(files.shadow).toBe('root:*::0:99999:7:::\nbob:$6$a$b:1:2:3:4:5:6:7\n');
    expect(leftOut).toEqual([]);
  });

  it('leaves out who has a number of the host or of another domain, password and all', () => {
    const { files, leftOut } = clone({
      passwd: 'host:x:1000:100::/:/bin/sh\ngroupie:x:200001:400000::/:/bin/sh\n',
      group: 'others:x:400000:\n',
      shadow: 'host:$6$a$b::::::: \nhost:$6$a$b:::::::\ngroupie:$6$c$d:::::::\n',
      gshadow: 'others:!::\n',
    });
    expect(leftOut).toEqual(['host', 'groupie', 'others']);
    expect(Object.values(files).join('')).not.toMatch(/^(?:groupie|others)|\$6\$c/mu);
    expect(files.passwd).not.toContain('host');
  });

  it('keeps lines that are no accounts byte for byte', () => {
    const passwd = '# a comment\n+nis::0:0:::\ntorn:x:200001\n\n';
    expect(clone({ passwd }).files.passwd).toBe(passwd);
  });

  it('adds the system accounts that programs of today need, and no person', () => {
    const planned = {
      passwd: 'mail:x:8:8:mail:/var/mail:/bin/false\nadmin:x:300001:300001::/home/a/admin:/bin/sh\n',
      group: 'mail:x:8:\nadmin:x:300001:\n',
      shadow: 'mail:*::0:99999:7:::\nadmin:!::0:99999:7:::\n',
      gshadow: 'mail:!::\nadmin:!::\n',
    };
    const { files } = clone({ passwd: 'bob:x:200005:200005::/:/bin/sh\n' }, { planned });
    expect(files.passwd).toBe('bob:x:300005:300005::/:/bin/sh\nmail:x:8:8:mail:/var/mail:/bin/false\n');
    expect(files).toMatchObject({
      group: 'mail:x:8:\n',
      shadow: 'mail:*::0:99999:7:::\n',
      gshadow: 'mail:!::\n',
    });
  });

  it('leaves nobody a password when none is to come along, wherever it stands', () => {
    const { files } = clone(
      {
        passwd:
          'old:$1$a$b:200001:200001::/:/bin/sh\nopen::200002:200002::/:/bin/sh\nbob:x:200003:200003::/:/bin/sh\n',
        group: 'wheel:$1$a$b:200001:\nplain:x:200002:\nbare::200003:\n',
        shadow:
          'bob:$y$j9T$a$b:1::::::\nlocked:!$6$a$b:1::::::\nopen::1::::::\nclosed:*:1::::::\nnever:!:1::::::\ntwice:!!:1::::::\n',
        gshadow: 'wheel:$6$a$b::\nplain:!::\n',
      },
      { withoutPasswords: true },
    );
    expect(files).toEqual({
      passwd:
        'old:!:300001:300001::/:/bin/sh\nopen:!:300002:300002::/:/bin/sh\nbob:x:300003:300003::/:/bin/sh\n',
      group: 'wheel:!:300001:\nplain:x:300002:\nbare::300003:\n',
      shadow:
        'bob:!:1::::::\nlocked:!:1::::::\nopen:!:1::::::\nclosed:*:1::::::\nnever:!:1::::::\ntwice:!!:1::::::\n',
      gshadow: 'wheel:!::\nplain:!::\n',
    });
  });
});

const empty: AccountFiles = { passwd: '', group: '', shadow: '', gshadow: '' };

function clone(
  source: Partial<AccountFiles>,
  more: { readonly planned?: AccountFiles; readonly withoutPasswords?: boolean } = {},
) {
  return cloneAccounts({
    source: { ...empty, ...source },
    planned: more.planned ?? empty,
    mapId: (id) => mapId(id, { first: 200_000, count: 10_000 }, { first: 300_000, count: 10_000 }),
    withoutPasswords: more.withoutPasswords ?? false,
  });
}
