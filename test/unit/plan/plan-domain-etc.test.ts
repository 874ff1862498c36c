import { describe, expect, it } from 'vitest';
import { parseDomainName } from '../../../src/domain/domain-name.ts';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import { etcFile } from '../../../src/plan/etc-file.ts';
import { planDomainEtc } from '../../../src/plan/plan-domain-etc.ts';
import { planHomes } from '../../../src/plan/plan-homes.ts';
import { findMisplaced, textOf } from '../../support/entries.ts';
import { type TextHostTable, textHost } from '../../support/text-host.ts';

describe('planDomainEtc', () => {
  it('renders templates with what is known of the domain', () => {
    const text =
      '<%= [it.domain, it.label, it.admin, it.uidFirst, it.uidLast, ...it.addresses, ...it.aliases].join(" ") %>\n';
    expect(textOf(plan({ texts: { 'motd.eta': text } }).entries, 'etc/motd')).toBe(
      'foo.example.org foo crc 200000 209999 192.0.2.7 www.example.org\n',
    );
  });

  it('takes the file of the host before the stock one, and the one of the administrator before both', () => {
    const fromHost = {
      entries: [etcFile('services', 'host\n', ''), etcFile('profile', 'host\n', '')],
      notices: ['n'],
    };
    const { entries, notices } = plan({
      texts: { services: 'stock\n', profile: 'admin\n', motd: 'stock\n' },
      site: ['profile'],
      fromHost,
    });
    expect(['services', 'profile', 'motd'].map((name) => textOf(entries, `etc/${name}`))).toEqual([
      'host\n',
      'admin\n',
      'stock\n',
    ]);
    expect(entries).toHaveLength(3);
    expect(notices).toEqual(['n']);
  });

  it('makes the folders of templates first, and leaves PAM to others', () => {
    const { entries } = plan({ texts: { 'a/b/c': 'x', 'a/d': 'y', 'pam.d/su': 'z', 'security/x': 'z' } });
    expect(entries.map((entry) => entry.path)).toEqual(['etc/a', 'etc/a/b', 'etc/a/b/c', 'etc/a/d']);
    expect(findMisplaced(entries, ['etc'])).toEqual([]);
  });

  it("gives the host's login.defs the ids of the domain alone", () => {
    const loginDefs =
      'UMASK 022\n UID_MIN 1000\nUID_MAX\t60000\nGID_MIN 1000\n#UID_MIN 5\nSUB_UID_COUNT 65536\nSUB_GID_MIN 100000\nGID_MAX 60000\nENCRYPT_METHOD YESCRYPT\n';
    const { entries } = plan({
      files: { '/etc/login.defs': loginDefs },
      texts: { 'login.defs.eta': 'stock\n' },
    });
    const lines = textOf(entries, 'etc/login.defs')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines).toEqual([
      ...['UMASK 022', 'ENCRYPT_METHOD YESCRYPT', 'UID_MIN 200000', 'UID_MAX 209999'],
      ...['GID_MIN 200000', 'GID_MAX 209999', 'SUB_UID_COUNT 0', 'SUB_GID_COUNT 0'],
    ]);
  });

  it('takes the stock login.defs where the one of the host names somebody, or is not there', () => {
    const texts = { 'login.defs.eta': 'UID_MIN <%= it.uidFirst %>\n' };
    const named = plan({ files: { '/etc/login.defs': 'UMASK 022 # big\n' }, texts });
    expect(textOf(named.entries, 'etc/login.defs')).toBe('UID_MIN 200000\n');
    expect(named.notices).toHaveLength(1);
    expect(textOf(plan({ texts }).entries, 'etc/login.defs')).toBe('UID_MIN 200000\n');
  });
});

describe('planHomes', () => {
  it('makes the home of the administrator and fills it from skel', () => {
    const owner = { uid: 200_001, gid: 200_001 };
    const accounts = {
      users: [{ name: 'crc', ...owner, gecos: '', home: '/home/c/crc', shell: '/bin/sh' }],
      groups: [{ name: 'crc', gid: 200_001, members: [] }],
    };
    const etc = [
      etcFile('skel/.profile', 'x\n', ''),
      etcFile('skel/deep/y', 'y\n', ''),
      etcFile('motd', 'z\n', ''),
    ];
    expect(planHomes({ admin: 'crc', accounts, etc })).toMatchObject([
      { type: 'dir', path: 'home/c/crc', mode: 0o750, owner },
      { type: 'file', path: 'home/c/crc/.profile', mode: 0o644, owner, source: { text: 'x\n' } },
    ]);
  });
});

function plan(options: {
  texts?: Record<string, string>;
  site?: string[];
  files?: TextHostTable;
  fromHost?: Parameters<typeof planDomainEtc>[0]['fromHost'];
}) {
  return planDomainEtc({
    domain: parseDomainName('foo.example.org'),
    aliases: [parseDomainName('www.example.org')],
    addresses: [parseIpAddress('192.0.2.7')],
    admin: 'crc',
    uids: { first: 200_000, count: 10_000 },
    host: textHost(options.files ?? {}),
    templates: { texts: new Map(Object.entries(options.texts ?? {})), site: new Set(options.site) },
    otherDomains: new Set<string>(),
    foreign: ['big'],
    fromHost: options.fromHost ?? { entries: [], notices: [] },
  });
}
