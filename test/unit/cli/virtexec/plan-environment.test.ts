import { describe, expect, test } from 'vitest';
import { planEnvironment } from '../../../../src/cli/virtexec/plan-environment.ts';

const bob = { name: 'bob', uid: 70001, gid: 70001, gecos: '', home: '/home/b/bob', shell: '/bin/sh' };

describe('planEnvironment', () => {
  test('is the documented list, with what the caller may add', () => {
    const caller = {
      PATH: '/evil',
      LD_PRELOAD: 'x',
      HOME: '/root',
      TERM: 'xterm-256color',
      LC_ALL: 'de_DE.UTF-8@euro',
      TZ: 'X',
    };
    expect(planEnvironment(caller, bob, 'foo.bar.com')).toEqual([
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'HOME=/home/b/bob',
      'USER=bob',
      'LOGNAME=bob',
      'SHELL=/bin/sh',
      'VIRTFS_DOMAIN=foo.bar.com',
      'TERM=xterm-256color',
      'LC_ALL=de_DE.UTF-8@euro',
    ]);
  });

  test.each([
    ['TERM', '../../etc/x'],
    ['TERM', 'x\u001b[2J'],
    ['TERM', ''],
    ['LANG', 'a'.repeat(65)],
    ['LANG', '/etc'],
    ['LC_', 'C'],
    ['LC_A=B', 'C'],
    ['LANGUAGE', 'de'],
  ])('drops %s=%j', (key, value) => {
    expect(planEnvironment({ [key]: value }, bob, 'foo.bar.com')).toHaveLength(6);
  });
});
