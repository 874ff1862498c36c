import { describe, expect, it } from 'vitest';
import { decideSecret } from '../../../src/plan/decide-secret.ts';

describe('decideSecret', () => {
  // biome-ignore format: a table
  it.each([
    ['a key everybody may read',               'etc/ssl/key.pem',      0o644, false, false, /everybody/],
    ['a key of the domain that it keeps well', 'etc/ssl/key.pem',      0o640, false, false, undefined],
    ['a key of the host, however kept',        'etc/ssh/ssh_host_key', 0o600, false, true,  /host's own/],
    ['a key virtfs laid',                      'opt/app/key',          0o600, true,  false, /a key/],
    ['hashes where they belong',               'etc/shadow',           0o640, true,  false, undefined],
    ['hashes in a backup',                     'etc/gshadow-',         0o640, false, false, undefined],
    ['old passwords',                          'etc/security/opasswd', 0o600, true,  false, undefined],
    ['the host’s hashes',                      'etc/shadow',           0o640, true,  true,  /host's own/],
    ['hashes in passwd',                       'etc/passwd',           0o644, true,  false, /everybody/],
  ] as const)('judges %s', (_, path, mode, isLaid, isHosts, what) => {
    const decided = decideSecret({ path, secret: 'a key', mode, isLaid, isHosts });
    if (what === undefined) expect(decided).toBeUndefined();
    else expect(decided).toMatch(what);
  });
});
