import { describe, expect, it } from 'vitest';
import { describeClosing } from '../../../src/cli/closing-words.ts';
import { parseDomainName } from '../../../src/domain/domain-name.ts';
import type { CreateResult } from '../../../src/pipeline/create-request.ts';

describe('describeClosing', () => {
  it('says what was made, how it shares, what to read and what to try', () => {
    const lines = describeClosing(resultOf('a.org'), { columns: 100, hints: true, rootOption: ' --root /t' });
    expect(lines).toEqual([
      'Made a.org in /virtual: 3 entries, 12 bytes of its own in 2 inodes, 5.0 MB shared by hardlink.',
      '  note: bad\\x1bname was left out',
      'Try next:',
      '  virtexec --root /t --domain a.org passwd bob  set a password for bob',
      '  virtexec --root /t --domain a.org sh          look around inside',
      '  virtfs show --root /t a.org                   what is known of it',
    ]);
  });

  it('says nothing of what to try where nobody sits', () => {
    expect(
      describeClosing(resultOf('a.org', 'b.org'), { columns: 200, hints: false, rootOption: '' }),
    ).toHaveLength(2);
  });
});

function resultOf(...names: string[]): CreateResult {
  const domains = names.map((name) => {
    const domain = parseDomainName(name);
    const record = {
      version: 1,
      domain,
      profiles: ['login'],
      addresses: [],
      aliases: [],
      admin: 'bob',
      uids: { first: 200_000, count: 10 },
      link: 'hardlink',
      created: '2026-01-01T00:00:00.000Z',
      updated: '2026-01-01T00:00:00.000Z',
    } as const;
    return {
      domain,
      path: `/virtual/${name}`,
      record,
      entries: 3,
      ownInodes: 2,
      ownBytes: 12,
      sharedBytes: 5e6,
    };
  });
  return { root: '/virtual', link: 'hardlink', domains, notices: ['bad\u001bname was left out'] };
}
