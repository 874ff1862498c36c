import { accessSync, constants, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { answer, enter, esc, showsText, textOn } from '../support/pty.ts';
import { mapInLanes, runAlone } from '../support/run-alone.ts';
import { runAside } from '../support/run-aside.ts';
import { mountSandbox, outOf, type Sandbox } from '../support/sandbox.ts';

const domain = 'foo.bar.com';

const wanted = ['script', 'setpriv', 'unshare', 'zic'].map((program) => ({ program }));

describe.runIf(needs('root', ...wanted))('a fresh login tree', () => {
  let sandbox: Sandbox;
  let inside: (...words: readonly string[]) => Promise<string>;

  beforeAll(async () => {
    sandbox = mountSandbox();
    outOf(await sandbox.virtfs(['create', domain]));
    inside = (...words) => sandbox.read(domain, ...words);
  });
  afterAll(() => sandbox[Symbol.dispose]());

  test('runs every program its profile names, each telling the version it tells on the host', async () => {
    const profile = JSON.parse(outOf(await sandbox.virtfs(['profile', 'login', '--json']))) as {
      readonly commands: readonly string[];
      readonly optionalCommands: readonly string[];
    };
    const programs = [...profile.commands, ...profile.optionalCommands.filter(isOnHost)];
    expect(programs.length).toBeGreaterThan(profile.commands.length);
    const differing = await mapInLanes(programs, 2, async (program) => {
      const words = [program, '--version'];
      const here = await sandbox.virtexec(['--domain', domain, ...words], { env: places, timeout: 30_000 });
      const there = await runAside(words, { env: { ...places, HOME: '/root' }, hostname: domain });
      return JSON.stringify(here) === JSON.stringify(there) ? [] : [{ program, here, there }];
    });
    expect(differing.flat()).toEqual([]);
  });

  test('has the folders of the HOWTO', async () => {
    const folders = [
      ['bin', 'sbin', 'lib', 'lib64', 'usr', 'usr/bin', 'usr/sbin', 'usr/lib', 'usr/tmp', 'usr/spool'],
      ['etc', 'etc/skel', 'home', 'proc', 'root', 'dev', 'dev/pts', 'home/a/admin'],
      ['var', 'var/lock', 'var/log', 'var/run', 'var/spool', 'var/tmp', 'var/mail', 'var/www'],
      [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => `home/${letter}`),
    ].flat();
    await inside('sh', '-c', folders.map((folder) => `test -d /${folder}`).join(' && '));
    // biome-ignore format: a table
    const told = [
      ['/tmp',             '1777 root root'],
      ['/var/www/html',    '2775 webmaster www'],
      ['/var/www/master',  '755 webmaster www'],
      ['/var/www/server',  '755 webmaster www'],
      ['/var/log/wtmp',    '664 root utmp'],
      ['/var/run/utmp',    '664 root utmp'],
      ['/var/mail',        '2775 root mail'],
      ['/root',            '700 root root'],
      ['/etc/shadow',      '640 root shadow'],
      ['/home/a/admin',    '750 admin admin'],
    ];
    const paths = told.map(([path = '']) => path);
    const lines = (await inside('stat', '-L', '-c', '%n %a %U %G', ...paths)).split('\n');
    expect(lines).toEqual(told.map((row) => row.join(' ')));
  });

  test('has users and groups of its own, by name', async () => {
    expect(await inside('id', 'webmaster')).toMatch(
      /^uid=\d+\(webmaster\) gid=\d+\(www\) groups=\d+\(www\)$/u,
    );
    expect(await inside('getent', 'group', 'www')).toMatch(/^www:x:\d+:admin$/u);
    expect(await inside('ls', '-ld', '/home/a/admin')).toMatch(/^drwxr-x--- \d+ admin admin /u);
    expect(await inside('getent', 'shadow', 'root')).toMatch(/^root:[!*]/u);
  });

  test('knows its own name and localhost', async () => {
    expect(await inside('hostname')).toBe(domain);
    expect(await inside('getent', 'hosts', domain)).toMatch(/^127\.0\.1\.1\s+foo\.bar\.com\b/u);
    expect(await inside('getent', 'ahosts', domain)).toContain('127.0.1.1');
    expect(await inside('getent', 'ahostsv4', 'localhost')).toMatch(/^127\.0\.0\.1 /u);
    expect(await inside('getent', 'hosts', 'localhost')).toMatch(/^(?:::1|127\.0\.0\.1)\s+localhost\b/u);
    expect(await inside('getent', 'services', 'smtp')).toMatch(/\b25\/tcp/u);
  });

  test('has the zone and the locale of the host', async () => {
    expect(await inside('date', '+%Z%z')).toBe(outOf(await runAlone(['date', '+%Z%z'])));
    expect(await inside('locale', '-a')).toMatch(/^C\.utf8$/mu);
    const { out, err } = await sandbox.virtexec(['--domain', domain, 'locale', 'charmap'], {
      env: { LANG: 'C.UTF-8' },
    });
    expect([out, err]).toEqual(['UTF-8\n', '']);
  });

  test('keeps the zone of a host that is not at UTC', async () => {
    // No host is in this zone.
    const zone = 'Zone Test/Zone 5:47 - NCL\n';
    const script = `zic -d "$0/zones" "$0/source" && cp -a /etc "$0/etc" && rm -f "$0/etc/localtime" &&
      cp "$0/zones/Test/Zone" "$0/etc/localtime" && mount --bind "$0/etc" /etc && exec "$@"`;
    const folder = join(sandbox.root, '../elsewhere');
    mkdirSync(folder);
    writeFileSync(join(folder, 'source'), zone);
    const create = [sandbox.installed.virtfs, 'create', 'elsewhere.example', '--quiet'];
    outOf(
      await runAlone(['unshare', '--mount', 'sh', '-c', script, folder, ...create], { env: sandbox.env }),
    );
    expect(await sandbox.read('elsewhere.example', 'date', '+%Z%z')).toBe('NCL+0547');
  });

  test('has an empty queue of mail of its own', async () => {
    // Of other mail systems the queue is a service's to show, and no service runs here.
    const isDma = isOnHost('mailq') && realpathSync('/usr/bin/mailq').endsWith('/dma');
    if (isDma) expect(await inside('mailq')).toBe('Mail queue is empty');
  });

  describe('on a terminal', () => {
    beforeAll(async () => {
      expect(await inside('useradd', '-m', 'bob')).toBe('');
    });

    test('sets a password that su takes from another user, and no other', async () => {
      const run = sandbox.onTerminal(`exec "$virtexec" --domain ${domain} passwd bob`);
      await answer(run, [
        ['New password:', `Tr0ub4dor&3${enter}`],
        ['Retype new password:', `Tr0ub4dor&3${enter}`],
      ]);
      expect(await run.ended()).toBe(0);
      expect(textOn(run)).toContain('password updated successfully');

      const wrong = su('bob');
      await answer(wrong, [['Password:', `Tr0ub4dor&4${enter}`]]);
      expect(await wrong.ended()).toBe(1);
      expect(textOn(wrong)).toMatch(/su: Authentication failure/u);
      expect(textOn(wrong)).not.toContain('uid=');

      const right = su('bob');
      await answer(right, [['Password:', `Tr0ub4dor&3${enter}`]]);
      expect(await right.ended()).toBe(0);
      expect(textOn(right)).toMatch(/uid=2\d{5}\(bob\)/u);
    });

    test('lets a user change his own password, when he knows it', async () => {
      await setPassword('bob', 'Old-one-77x');
      const run = sandbox.onTerminal(`exec "$virtexec" --domain ${domain} --user bob passwd`);
      await answer(run, [
        ['Current password:', `Old-one-77x${enter}`],
        ['New password:', `New-one-88y${enter}`],
        ['Retype new password:', `New-one-88y${enter}`],
      ]);
      expect(await run.ended()).toBe(0);
      const right = su('bob');
      await answer(right, [['Password:', `New-one-88y${enter}`]]);
      expect(await right.ended()).toBe(0);
    });

    test('lets nobody become root by su, with any password or none', async () => {
      for (const word of ['', '*']) {
        const run = su('root');
        await answer(run, [['Password:', `${word}${enter}`]]);
        expect(await run.ended()).toBe(1);
      }
    });

    test('edits a file with vi', async () => {
      await inside('sh', '-c', 'printf "first line\\nlast line\\n" > /tmp/letter');
      const run = sandbox.onTerminal(`exec "$virtexec" --domain ${domain} vi /tmp/letter`);
      await answer(run, [
        ['last line', `onew words${esc}`],
        ['new words', `:wq${enter}`],
      ]);
      expect(await run.ended()).toBe(0);
      expect(await inside('cat', '/tmp/letter')).toBe('first line\nnew words\nlast line');
    });

    test('is used by the links of the HOWTO, in the domain VIRTFS_DOMAIN names or the menu gives', async () => {
      const links = join(sandbox.root, '../links');
      mkdirSync(links);
      const made = outOf(await sandbox.virtexec(['--links', links]));
      expect(made.split('\n').map((line) => line.split(' -> ')[0])).toEqual(
        ['passwd', 'vi', 'pico', 'emacs', 'mailq', 'newuser'].map((name) => join(links, `virt${name}`)),
      );

      const named = sandbox.onTerminal(`exec ${links}/virtpasswd bob`, { VIRTFS_DOMAIN: domain });
      await answer(named, [
        ['New password:', `Named-44-words${enter}`],
        ['Retype new password:', `Named-44-words${enter}`],
      ]);
      expect(await named.ended()).toBe(0);

      const chosen = sandbox.onTerminal(`exec ${links}/virtvi /tmp/by-menu`);
      await showsText(chosen, 'Run vi in which domain?');
      chosen.type('foo');
      await showsText(chosen, 'which domain? foo');
      await showsText(chosen, `❯ ${domain}`, textOn(chosen).lastIndexOf('which domain? foo'));
      await chosen.typeUntil(enter, '✔');
      await answer(chosen, [['by-menu', `ichosen${esc}:wq${enter}`]]);
      expect(await chosen.ended()).toBe(0);
      expect(await inside('cat', '/tmp/by-menu')).toBe('chosen');

      const mailq = await runAlone([join(links, 'virtmailq'), '--version'], {
        env: { ...sandbox.env, VIRTFS_DOMAIN: domain },
      });
      expect(mailq.status).toBe((await sandbox.virtexec(['--domain', domain, 'mailq', '--version'])).status);
    });

    test('has a shell with job control and a prompt', async () => {
      const run = sandbox.onTerminal(`exec "$virtexec" --domain ${domain} --user bob bash -l`);
      await showsText(run, '$ ');
      const seen = textOn(run).length;
      run.type(`sleep 60 & jobs; exit${enter}`);
      await showsText(run, 'Running', seen);
      expect(await run.ended()).toBe(0);
      expect(textOn(run)).not.toMatch(/no job control|not found|cannot/u);
    });
  });

  function su(user: string) {
    return sandbox.onTerminal(`exec "$virtexec" --domain ${domain} --user admin su ${user} -c id`);
  }

  async function setPassword(user: string, password: string): Promise<void> {
    outOf(await sandbox.virtexec(['--domain', domain, 'chpasswd'], { input: `${user}:${password}\n` }));
  }
});

/** What both sides are given: a language and a terminal. */
const places = { TERM: 'xterm', LANG: 'C.UTF-8' };

function isOnHost(program: string): boolean {
  return ['/usr/bin', '/usr/sbin', '/bin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
      return false;
    }
  });
}
