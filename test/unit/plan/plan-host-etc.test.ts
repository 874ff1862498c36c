import { describe, expect, it } from 'vitest';
import { planHostEtc } from '../../../src/plan/plan-host-etc.ts';
import { textOf } from '../../support/entries.ts';
import { type TextHostTable, textHost } from '../../support/text-host.ts';

describe('planHostEtc', () => {
  it('copies lists and skeletons, following links', () => {
    const { entries } = plan({
      '/etc/services': 'smtp 25/tcp mail\n',
      '/etc/os-release': { link: '../usr/lib/os-release' },
      '/usr/lib/os-release': 'ID=debian\n',
      '/etc/skel/.profile': 'umask 022\n',
    });
    expect(textOf(entries, 'etc/services')).toBe('smtp 25/tcp mail\n');
    expect(textOf(entries, 'etc/os-release')).toBe('ID=debian\n');
    expect(textOf(entries, 'etc/skel/.profile')).toBe('umask 022\n');
  });

  it('does not copy a file that names the host or another domain, or holds a secret', () => {
    const { entries, notices } = plan(
      {
        '/etc/skel/.bashrc': 'alias x="ssh big"\n',
        '/etc/skel/.profile': `x='$y$j9T$${'a'.repeat(22)}$${'b'.repeat(43)}'\n`,
        '/etc/inputrc': '# by other.org\n',
        '/etc/services': 'big 5000/tcp\n',
        '/etc/protocols': 'x 200 # of other.org\n',
      },
      ['big', 'other.org'],
    );
    const paths = entries.map((entry) => entry.path);
    for (const name of ['skel/.bashrc', 'skel/.profile', 'inputrc', 'protocols']) {
      expect(paths).not.toContain(`etc/${name}`);
    }
    // A word of a list: only a full domain name counts there.
    expect(paths).toContain('etc/services');
    expect(notices.filter((notice) => notice.includes('is not copied'))).toHaveLength(4);
  });

  it('copies the zone itself and its name', () => {
    const zoned = plan({
      '/etc/localtime': { link: '/usr/share/zoneinfo/Europe/Berlin' },
      '/usr/share/zoneinfo/Europe/Berlin': 'TZif',
    });
    expect(zoned.entries.find((entry) => entry.path === 'etc/localtime')).toMatchObject({
      type: 'file',
      shared: false,
      source: { copyOf: '/usr/share/zoneinfo/Europe/Berlin' },
    });
    expect(textOf(zoned.entries, 'etc/timezone')).toBe('Europe/Berlin\n');
    const plain = plan({ '/etc/localtime': 'TZif', '/etc/timezone': 'Etc/UTC\n' });
    expect(textOf(plain.entries, 'etc/timezone')).toBe('Etc/UTC\n');
    expect(
      plan({ '/etc/localtime': { link: 'localtime' } }).entries.map((entry) => entry.path),
    ).not.toContain('etc/localtime');
  });

  it('lists the shells that are in the tree', () => {
    const inTree = (path: string) => ['/bin/sh', '/bin/zsh'].includes(path);
    const { entries } = plan({ '/etc/shells': '# shells\n/bin/zsh\n/bin/fish\n/bin/sh\n' }, [], inTree);
    expect(textOf(entries, 'etc/shells')).toBe('/bin/sh\n/bin/zsh\n');
  });

  it('lists what the profile calls a shell, where it is in the tree', () => {
    const inTree = (path: string) => ['/bin/sh', '/bin/false'].includes(path);
    const { entries } = plan({ '/etc/shells': '/bin/sh\n' }, [], inTree, ['/bin/false', '/sbin/nologin']);
    expect(textOf(entries, 'etc/shells')).toBe('/bin/sh\n/bin/false\n');
  });

  it('keeps name servers and options, and no name of a network', () => {
    const text =
      'search corp.example\ndomain corp.example\nnameserver 127.0.0.53\n nameserver 9\nnameserver 2001:db8::1\noptions edns0\n# corp\n';
    expect(textOf(plan({ '/etc/resolv.conf': text }).entries, 'etc/resolv.conf')).toBe(
      'nameserver 127.0.0.53\nnameserver 2001:db8::1\noptions edns0\n',
    );
    expect(plan({}).notices.join()).toContain('no name server');
  });

  it('writes the folders of libraries into one ld.so.conf', () => {
    const files = {
      '/etc/ld.so.conf': 'include /etc/ld.so.conf.d/*.conf\n/opt/lib\n',
      '/etc/ld.so.conf.d/a.conf': '/usr/local/lib\n',
      '/etc/ld.so.conf.d/b.conf': '/srv/big/lib\n',
    };
    expect(textOf(plan(files, ['big']).entries, 'etc/ld.so.conf')).toBe('/usr/local/lib\n/opt/lib\n');
  });
});

function plan(
  files: TextHostTable,
  foreign: string[] = [],
  inTree: (path: string) => boolean = () => true,
  shells: string[] = [],
) {
  return planHostEtc({ host: textHost(files), foreign, inTree, shells });
}
