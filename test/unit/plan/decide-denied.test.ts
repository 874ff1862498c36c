import { describe, expect, it } from 'vitest';
import { decideDenied } from '../../../src/plan/decide-denied.ts';

const nothing = { files: [], optionalFiles: [] };

describe('decideDenied', () => {
  // biome-ignore format: a list
  it.each([
    '/etc/shadow', '/etc/shadow-', '/etc/gshadow', '/etc/gshadow-', '/etc/shadow.bak', '/etc/passwd', '/etc/passwd-', '/etc/group-',
    '/etc/security/opasswd', '/etc/ssh/ssh_host_ed25519_key', '/etc/ssh/ssh_host_rsa_key.old', '/etc/ssl/private',
    '/etc/ssl/private/ssl-cert-snakeoil.key', '/etc/apache2/site.key', '/etc/krb5.keytab', '/etc/sudoers', '/etc/sudoers.d/x',
    '/etc/machine-id', '/etc/hostname', '/etc/hosts', '/etc/mailname', '/etc/resolv.conf', '/etc/virtfs/virtfs.toml',
    '/etc/letsencrypt/live/x/privkey.pem', '/etc/wireguard/wg0.conf', '/root', '/root/.bashrc', '/home/anna', '/home/anna/x',
    '/opt/app/.ssh/config', '/opt/app/id_ed25519', '/usr/share/x/.netrc', '/var/lib/dpkg/status', '/var/log/syslog', '/var/mail/anna',
    '/srv/x', '/tmp/x', '/proc/1/root', '/dev/sda', '/run/secrets/x', '/usr/local', '/usr/local/bin/x', '/virtual', '/virtual/a.org/etc',
  ])('keeps %s out', (path) => {
    expect(decideDenied(path, nothing)).toBeTypeOf('string');
  });

  it('wins over what the profile names', () => {
    expect(
      decideDenied('/etc/shadow', { files: ['/etc/shadow', '/etc/*'], optionalFiles: ['/etc/shadow'] }),
    ).toBeTypeOf('string');
    expect(decideDenied('/usr/local/.ssh/id_rsa', { files: ['/usr/local'], optionalFiles: [] })).toBeTypeOf(
      'string',
    );
  });

  // biome-ignore format: a list
  it.each([
    '/', '/etc', '/etc/ssh', '/etc/ssh/ssh_config', '/etc/ssl', '/etc/ssl/openssl.cnf', '/etc/ssl/certs/ca-certificates.crt',
    '/etc/alternatives/vi', '/etc/magic', '/etc/shells', '/home', '/tmp', '/var', '/var/lib', '/dev', '/usr', '/usr/bin/passwd',
    '/usr/bin/shadowconfig', '/usr/share/vim/vim90/syntax/passwd.vim', '/usr/localhost', '/virtual-machines', '/opt/x', '/usr/bin/id',
  ])('lets %s in', (path) => {
    expect(decideDenied(path, nothing)).toBeUndefined();
  });

  it('opens the named part of /usr/local and the way to it', () => {
    const profile = { files: ['/usr/local/share/app/**'], optionalFiles: ['/usr/local/bin/tool'] };
    for (const path of [
      '/usr/local',
      '/usr/local/share',
      '/usr/local/share/app',
      '/usr/local/share/app/x',
      '/usr/local/bin/tool',
    ]) {
      expect(decideDenied(path, profile), path).toBeUndefined();
    }
    for (const path of [
      '/usr/local/bin/other',
      '/usr/local/sbin',
      '/usr/local/share/apple',
      '/usr/local/bin/tools',
    ]) {
      expect(decideDenied(path, profile), path).toBeTypeOf('string');
    }
  });

  it('is not opened by a pattern that only happens to reach /usr/local', () => {
    for (const file of ['/usr/*/bin/x', '/**', '/usr/**', '/usr']) {
      expect(decideDenied('/usr/local/bin/x', { files: [file], optionalFiles: [] }), file).toBeTypeOf(
        'string',
      );
    }
  });
});
