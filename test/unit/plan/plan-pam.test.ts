import { describe, expect, it } from 'vitest';
import type { EtcTemplates } from '../../../src/plan/etc-templates.ts';
import { planPam } from '../../../src/plan/plan-pam.ts';
import { findMisplaced, textOf } from '../../support/entries.ts';
import { type TextHostTable, textHost } from '../../support/text-host.ts';

const security = '/usr/lib/x86_64-linux-gnu/security';

describe('planPam', () => {
  it('copies the services the host has on stock common files, and names their modules', () => {
    const { entries, modules, notices } = plan({ services: ['su', 'absent'] });
    expect(entries.map((entry) => entry.path)).toEqual([
      'etc/pam.d',
      ...['common-auth', 'common-password', 'su', 'more'].map((name) => `etc/pam.d/${name}`),
      'etc/security',
      'etc/security/limits.conf',
    ]);
    expect(findMisplaced(entries, ['etc'])).toEqual([]);
    expect(textOf(entries, 'etc/pam.d/common-auth')).toBe('auth required pam_unix.so\n');
    expect(textOf(entries, 'etc/pam.d/su')).toContain('pam_rootok.so');
    expect(modules).toEqual(
      ['pam_unix.so', 'pam_rootok.so', 'pam_limits.so'].map(
        (name) => `/lib/x86_64-linux-gnu/security/${name}`,
      ),
    );
    expect(notices).toEqual([]);
  });

  it('hashes passwords as the host does', () => {
    const hash = (files: TextHostTable) =>
      textOf(plan({ files }).entries, 'etc/pam.d/common-password').trim().split(' ').at(-1);
    expect(hash({ '/etc/pam.d/common-password': 'password required pam_unix.so sha512\n' })).toBe('sha512');
    expect(hash({ '/etc/login.defs': '#ENCRYPT_METHOD DES\nENCRYPT_METHOD SHA256\n' })).toBe('sha256');
    expect(hash({ '/etc/login.defs': 'ENCRYPT_METHOD MD5\n' })).toBe('yescrypt');
    expect(hash({})).toBe('yescrypt');
  });

  it("keeps the host's rules for its own people on the host", () => {
    const { entries } = plan({
      services: ['su'],
      files: { '/etc/security/limits.conf': 'anna hard nproc 5\n' },
    });
    expect(textOf(entries, 'etc/security/limits.conf')).toBe('# nothing\n');
  });

  it('leaves out a service that names the host, and one that holds a secret', () => {
    const files = {
      '/etc/pam.d/web': 'auth required pam_unix.so realm=big.example.net\n',
      '/etc/pam.d/db': `# root:$6$salt$${'a'.repeat(86)}:\nauth required pam_unix.so\n`,
    };
    const { entries, notices } = plan({ services: ['web', 'db'], files });
    expect(entries.map((entry) => entry.path)).not.toContain('etc/pam.d/web');
    expect(entries.map((entry) => entry.path)).not.toContain('etc/pam.d/db');
    expect(notices).toHaveLength(2);
  });

  it('tells of a module the host lacks, unless the rule begins with a dash', () => {
    const files = { '/etc/pam.d/x': 'auth required pam_none.so\n-auth required pam_nor.so\n' };
    const { modules, notices } = plan({ services: ['x'], files });
    expect(notices).toEqual(['PAM rules of x name pam_none.so, which this host does not have']);
    expect(modules.join()).not.toContain('pam_no');
  });

  it('takes the template of the administrator before the file of the host', () => {
    const templates: EtcTemplates = {
      texts: new Map([
        ...stock.texts,
        ['pam.d/su', 'auth required pam_deny.so\n'],
        ['security/own.conf', 'x\n'],
      ]),
      site: new Set(['pam.d/su', 'security/own.conf']),
    };
    const { entries } = plan({ services: ['su'], templates });
    expect(textOf(entries, 'etc/pam.d/su')).toBe('auth required pam_deny.so\n');
    expect(textOf(entries, 'etc/security/own.conf')).toBe('x\n');
  });

  it('follows includes in a circle once, and none that leads elsewhere', () => {
    const files = {
      '/etc/pam.d/a': '@include b\n@include ../shadow\n@include /etc/shadow\n',
      '/etc/pam.d/b': 'auth include a\n',
      '/etc/shadow': 'root:x\n',
    };
    const paths = plan({ services: ['a'], files }).entries.map((entry) => entry.path);
    expect(paths.filter((path) => /^etc\/pam\.d\/[ab]$/u.test(path))).toEqual(['etc/pam.d/a', 'etc/pam.d/b']);
    expect(paths.join()).not.toContain('shadow');
  });

  it('finds no module of another architecture', () => {
    const arm = '/usr/lib/aarch64-linux-gnu/security/pam_arm.so';
    const files = { [arm]: { elf: {} }, '/etc/pam.d/x': 'auth required pam_arm.so\n' };
    expect(plan({ services: ['x'], files }).modules.join()).not.toContain('pam_arm');
  });
});

const stock: EtcTemplates = {
  texts: new Map([
    ['pam.d/common-auth', 'auth required pam_unix.so\n'],
    ['pam.d/common-password.eta', 'password required pam_unix.so <%= it.hash %>\n'],
    ['security/limits.conf', '# nothing\n'],
    ['security/time.conf', '# nothing\n'],
    ['motd', 'not of PAM\n'],
  ]),
  site: new Set(),
};

function plan(options: { services?: string[]; files?: TextHostTable; templates?: EtcTemplates }) {
  const host = textHost({
    '/lib': { link: 'usr/lib' },
    '/bin': { link: 'usr/bin' },
    '/usr/bin/sh': { elf: {} },
    [`${security}/pam_unix.so`]: { elf: {} },
    [`${security}/pam_rootok.so`]: { elf: {} },
    [`${security}/pam_limits.so`]: { elf: {} },
    '/etc/pam.d/common-auth': 'auth required pam_ldap.so\n',
    '/etc/pam.d/su': 'auth sufficient pam_rootok.so\n@include common-auth\nsession include more\n',
    '/etc/pam.d/more': 'session required pam_limits.so\n-session optional pam_systemd.so\n',
    ...options.files,
  });
  const { services = [], templates = stock } = options;
  return planPam({ services, host, templates, foreign: ['vm', 'big.example.net'] });
}
