import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../../src/domain/parse-profile.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('parseProfile', () => {
  it('reads every key', () => {
    const profile = parseProfile('mine', {
      summary: 'all of it',
      extends: ['login'],
      commands: ['ls', '[', '/opt/x/run', '*'],
      'optional-commands': ['vi'],
      packages: ['g++-12'],
      files: ['/usr/share/**/*.txt'],
      'optional-files': ['/usr/share/misc'],
      exclude: ['/usr/share/doc'],
      directories: [
        { path: '/srv/data', mode: '2775', owner: 'mail', group: 'mail' },
        { path: '/srv/plain' },
      ],
      links: [{ path: '/srv/link', target: '../data' }],
      devices: ['null'],
      users: ['www-data'],
      groups: ['_ssh'],
      pam: ['su-l'],
      setid: ['/usr/bin/su'],
      etc: ['vsftpd.conf', 'ssh/sshd_config'],
      shells: ['/bin/false'],
      'host-keys': ['/etc/ssh/ssh_host_ed25519_key'],
      services: ['ftp'],
      install: { vi: 'vim-tiny' },
    });
    expect(profile).toMatchObject({
      name: 'mine',
      optionalCommands: ['vi'],
      optionalFiles: ['/usr/share/misc'],
      etc: ['vsftpd.conf', 'ssh/sshd_config'],
      shells: ['/bin/false'],
      hostKeys: ['/etc/ssh/ssh_host_ed25519_key'],
      install: { vi: 'vim-tiny' },
      directories: [
        { path: '/srv/data', mode: 0o2775, owner: 'mail', group: 'mail' },
        { path: '/srv/plain', mode: 0o755, owner: 'root', group: 'root' },
      ],
    });
  });

  it('takes every key but the summary as empty when it is not there', () => {
    expect(parseProfile('small', { summary: 's' })).toEqual({
      ...{
        name: 'small',
        summary: 's',
        extends: [],
        commands: [],
        optionalCommands: [],
        packages: [],
        files: [],
      },
      ...{ optionalFiles: [], exclude: [], directories: [], links: [], devices: [], users: [], groups: [] },
      ...{ pam: [], setid: [], etc: [], shells: [], hostKeys: [], services: [], install: {} },
    });
  });

  it('tells all complaints in one error, each with its key', () => {
    const error = thrownBy(() =>
      parseProfile('bad', {
        comands: [],
        commands: ['a/b', 7],
        files: ['../x', '/a/../b'],
        directories: [{ path: '/x', mode: '0999', wner: 'root' }],
        extends: 'login',
        users: ['Debian-exim', 'a b'],
        etc: ['/etc/motd', '../motd'],
        'host-keys': ['/etc/ssh/ssh_host_ed25519_key', '/etc/ssh/key', '/root/ssh_host_key'],
        install: { vi: 'a package' },
      }),
    );
    expect(error.code).toBe('BAD_PROFILE');
    for (const part of [
      'summary: is missing',
      'comands: is not a key; did you mean commands?',
      "commands[1]: 'a/b' has a slash",
      'commands[2]: must be a text in quotes',
      "files[1]: '../x' is not an absolute path",
      "files[2]: '/a/../b' holds '.' or '..'",
      'directories[1].mode: must be three or four octal digits',
      'directories[1]: wner: is not a key; did you mean owner?',
      'extends: must be a list',
      "users[2]: 'a b' is not a user or group name",
      "etc[1]: '/etc/motd' is absolute",
      "etc[2]: '../motd' holds '.' or '..'",
      "host-keys[2]: '/etc/ssh/key' is not like '/etc/ssh/ssh_host_ed25519_key'",
      "host-keys[3]: '/root/ssh_host_key' is not like",
      "install.vi: 'a package' is not a name",
    ]) {
      expect(error.why).toContain(part);
    }
  });

  it.each([
    ['files', '/a\0b'],
    ['files', '/a\nb'],
    ['files', '/a//b'],
    ['files', '/a/{.,.}./b/..'],
    ['files', '/etc/{x,..}/shadow'],
    ['optional-files', '/usr/share/*'],
    ['optional-files', 'relative'],
    ['exclude', 'doc'],
    ['commands', ''],
    ['commands', '..'],
    ['commands', 'ls -l'],
    ['commands', 'l*'],
    ['commands', '/bin/../x'],
    ['setid', 'su'],
    ['users', 'root:x'],
    ['groups', 'a\nb'],
    ['pam', '../shadow'],
    ['devices', '../sda'],
    ['packages', '--root=/'],
    ['extends', 'a/b'],
    ['services', ''],
  ])('refuses %s = [%j]', (key, text) => {
    const error = thrownBy(() => parseProfile('x', { summary: 's', [key]: [text] }));
    expect(error.code).toBe('BAD_PROFILE');
    expect(error.why).toMatch(new RegExp(`^${key}\\[1\\]: `, 'u'));
  });

  it('shows hostile text without its control characters', () => {
    const error = thrownBy(() =>
      parseProfile('x', { summary: 's', 'a\u001b[2Jb': 1, files: ['\u001b]0;x'] }),
    );
    expect(`${error.message}${error.mend}`).not.toMatch(/\p{Cc}/u);
  });

  it.each([null, undefined, 'text', 7, []])('refuses %j in place of a table', (value) => {
    expect(thrownBy(() => parseProfile('x', value)).code).toBe('BAD_PROFILE');
  });

  it('refuses a name that is no name', () => {
    expect(thrownBy(() => parseProfile('../x', { summary: 's' })).code).toBe('BAD_PROFILE');
  });
});
