import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listenLog } from '../support/dev-log.ts';
import { needs } from '../support/needs.ts';
import { makeOneShotScene, type OneShotScene } from '../support/one-shot-scene.ts';

const any = { listen: '0.0.0.0' } as const;

describe.runIf(needs('root', { program: 'gcc' }))('virtuald for one connection', () => {
  let scene: OneShotScene;
  let conf: string;

  beforeAll(() => {
    scene = makeOneShotScene();
    for (const domain of ['a.example', 'b.example']) scene.root.addTree(domain);
    const at = scene.root.path;
    // The last line has no line break.
    conf = scene.putConf(
      `# who is where\n\n127.0.0.1\t${at}/a.example\n::1 ${at}/a.example # six\n127.0.0.2 ${at}/b.example`,
    );
  });
  afterAll(() => scene[Symbol.dispose]());

  test.each([
    ['127.0.0.1', '127.0.0.1', 'a.example'],
    ['0.0.0.0', '127.0.0.2', 'b.example'],
    ['::1', '::1', 'a.example'],
    ['::', '127.0.0.2', 'b.example'],
  ])('listening at %s, a client of %s gets to %s', async (listen, to, domain) => {
    const { got, status } = await scene.serve([conf, 'probe', 'copy'], { listen, to, say: 'hello\r\n' });
    expect({ got, status }).toEqual({ got: `${domain}\nhello\r\n`, status: 0 });
  });

  test('takes default, wherever it stands, for addresses without a line', async () => {
    const at = scene.root.path;
    const file = scene.putConf(`default ${at}/b.example\n127.0.0.1 ${at}/a.example\n`);
    expect(await scene.serve([file, 'probe', 'hostname'])).toMatchObject({ got: 'a.example\n' });
    expect(await scene.serve([file, 'probe', 'hostname'], { ...any, to: '127.0.0.9' })).toMatchObject({
      got: 'b.example\n',
    });
  });

  test('keeps clients from default while a line cannot be read', async () => {
    const at = scene.root.path;
    const file = scene.putConf(
      `127.0.0.999 ${at}/a.example\ndefault ${at}/b.example\n127.0.0.1 ${at}/a.example\n`,
    );
    expect(await scene.serve([file, 'probe', 'hostname'])).toMatchObject({ got: 'a.example\n', status: 0 });
    expect(await scene.serve([file, 'probe', 'hostname'], { ...any, to: '127.0.0.9' })).toMatchObject({
      got: '',
      status: 65,
    });
  });

  test('follows an alias link to its tree', async () => {
    symlinkSync('a.example', join(scene.root.path, 'alias.example'));
    const file = scene.putConf(`127.0.0.1 ${scene.root.path}/alias.example\n`);
    expect(await scene.serve([file, 'probe', 'hostname'])).toMatchObject({ got: 'a.example\n', status: 0 });
  });

  test('gives the documented environment and nothing else', async () => {
    const env = {
      PATH: '/usr/bin',
      LANG: 'C',
      LD_PRELOAD: '',
      inetd_dummy: 'xxx',
      SECRET: 'x',
      LC_ALL: 'C',
      TCPREMOTEINFO: 'spoofed',
    };
    const { got, clientPort } = await scene.serve([conf, 'probe', 'env'], { ...any, to: '127.0.0.2', env });
    const port = /^TCPLOCALPORT=(\d+)$/mu.exec(got)?.[1];
    expect(got.split('\n').filter(Boolean).sort()).toEqual(
      [
        'HOME=/root',
        'LANG=C',
        'LOGNAME=root',
        'PATH=/usr/bin',
        'PROTO=TCP',
        'REMOTE_HOST=127.0.0.1',
        'TCPLOCALIP=127.0.0.2',
        `TCPLOCALPORT=${port}`,
        'TCPREMOTEIP=127.0.0.1',
        `TCPREMOTEPORT=${clientPort}`,
        'USER=root',
        'VIRTFS_DOMAIN=b.example',
      ].sort(),
    );
  });

  test('finds programs where its caller has no PATH, as under openbsd-inetd', async () => {
    const words = ['env', '-u', 'PATH', ...scene.words(conf, 'probe', 'hostname')];
    const [wrapper = '', ...rest] = words;
    const { got } = await scene.serve([], {
      words: ['/usr/bin/env', ...absolute([wrapper, ...rest]).slice(1)],
    });
    expect(got).toBe('a.example\n');
  });

  test('leaves a service no descriptor but its connection, and that one blocking', async () => {
    const flags = `exec 200</ 7</etc/passwd; perl -e 'use Fcntl; fcntl(STDIN, F_SETFL, O_NONBLOCK | fcntl(STDIN, F_GETFL, 0)); exec @ARGV' "$@"`;
    const words = ['bash', '--norc', '-c', flags, 'sh', ...scene.words(conf, 'probe', 'fds')];
    expect(await scene.serve([], { words })).toMatchObject({ got: '0\n1\n2\n', status: 0 });
  });

  test('hands what the service says on standard error to the log, not to the client', async () => {
    expect(await scene.serve([conf, 'probe', 'complain', 'cannot open\x1b[2J /etc/x'])).toMatchObject({
      got: '',
      status: 0,
    });
    expect(await scene.host.log.until('cannot open')).toMatch(
      /^<27>.*virtuald\[\d+\]: probe a\.example: cannot open/u,
    );
  });

  test('keeps from the client what Node itself might say', async () => {
    const loaded = join(scene.root.path, '../warn.cjs');
    // What a crash would say, from where the words are read, the first thing the program does.
    const text = `const words = process.argv;
      Object.defineProperty(process, 'argv', { get: () => {
        if (new Error().stack.includes('bin/virtuald')) require('fs').writeSync(2, 'words of Node');
        return words;
      } });`;
    writeFileSync(loaded, text);
    const env = { NODE_OPTIONS: `--require ${loaded}` };
    // It goes on, for a service that is not there.
    expect(await scene.serve([conf, 'vsftpd'], { env })).toMatchObject({ got: '', status: 127 });
    expect((await scene.serve([conf, 'vsftpd'], { env, errors: 'pipe' })).err).toContain('words of Node');
  });

  test('does without logger(1) where the host has none', async () => {
    const hide = 'mount --bind /dev/null /usr/bin/logger; exec "$@"';
    const words = [
      'unshare',
      '--mount',
      'sh',
      '-c',
      hide,
      'sh',
      ...scene.words(conf, 'probe', 'complain', 'lost words'),
    ];
    expect(await scene.serve([], { words })).toMatchObject({ got: '', status: 0 });
    await scene.host.log.until('cannot start logger(1)');
    expect(scene.host.log.lines().join('\n')).not.toContain('lost words');
  });

  test('keeps a service that signals its process group from reaching its caller', async () => {
    const words = [
      'setsid',
      '-w',
      'sh',
      '-c',
      '"$@"; echo "caller lives"',
      'sh',
      ...scene.words(conf, 'probe', 'kill-group'),
    ];
    expect((await scene.serve([], { words })).got).toContain('caller lives');
  });

  test.each([
    ['a child as any other', '"$@"; :'],
    ['the leader of a group of its own', `perl -e 'setpgrp(0, 0); exec @ARGV' "$@"; :`],
    ['the leader of a session', 'setsid -w "$@"; :'],
  ])('gives a service a session of its own, as %s', async (_, shell) => {
    const words = ['setsid', '-w', 'sh', '-c', shell, 'sh', ...scene.words(conf, 'probe', 'session')];
    const [pid, group, session] = (await scene.serve([], { words })).got.trim().split(' ');
    expect([group, session]).toEqual([pid, pid]);
  });

  test('runs tcpd under the name of the service behind it', async () => {
    renameSync(
      join(scene.root.path, 'b.example/usr/bin/probe'),
      join(scene.root.path, 'b.example/usr/bin/tcpd'),
    );
    const to = { ...any, to: '127.0.0.2' };
    try {
      expect(await scene.serve([conf, 'tcpd', 'wu.ftpd', 'words', '-l'], to)).toMatchObject({
        got: 'wu.ftpd\nwords\n-l\n',
      });
      expect(
        await scene.serve([conf, '/usr/bin/tcpd', '/usr/sbin/in.qpop', 'words', '-s'], to),
      ).toMatchObject({
        got: '/usr/sbin/in.qpop\nwords\n-s\n',
      });
      expect(await scene.serve([conf, 'tcpd'], to)).toMatchObject({ got: '', status: 64 });
    } finally {
      renameSync(
        join(scene.root.path, 'b.example/usr/bin/tcpd'),
        join(scene.root.path, 'b.example/usr/bin/probe'),
      );
    }
  });

  test('tells its three lines, the last through the log of the tree', async () => {
    using inside = listenLog(join(scene.root.path, 'a.example/dev/log'));
    await scene.serve(['--verbose', '--name', 'ftp', conf, 'probe', 'exit', '0']);
    expect(await scene.host.log.until('incoming ip')).toMatch(
      /^<30>virtuald\[\d+\]: incoming ip 127\.0\.0\.1 port \d+, client 127\.0\.0\.1$/u,
    );
    expect(scene.host.log.lines().some((line) => /: starting ftp$/u.test(line))).toBe(true);
    expect(await inside.until('chroot dir')).toMatch(
      new RegExp(`^<30>virtuald\\[\\d+\\]: chroot dir ${scene.root.path}/a.example$`, 'u'),
    );
    expect(scene.host.log.lines().join('\n')).not.toContain('chroot dir');
  });

  test('says when nobody takes what is sent to the log of the tree', async () => {
    await scene.serve(['--verbose', conf, 'probe', 'exit', '0'], { ...any, to: '127.0.0.2' });
    expect(await scene.host.log.until('b.example: nobody takes')).toContain('<28>');
  });

  test.each<[what: string, words: readonly string[], status: number, logged: string]>([
    ['no CONF', ['/nonexistent/conf.x', 'probe'], 66, '/nonexistent/conf.x: there is no such file'],
    ['no PROGRAM', ['/nonexistent/conf.x'], 64, 'it needs the PROGRAM'],
    ['a flag that counts', ['--max', '3', 'conf.x', 'probe'], 64, 'only a virtuald that lasts counts'],
    ['an unknown flag', ['--mox', '3', 'conf.x', 'probe'], 64, "no option '--mox'"],
    ['a user the tree does not know', ['--user', 'nobody', 'CONF', 'probe'], 67, 'no such user'],
    ['a user outside of the domain', ['--user', 'hostuser', 'CONF', 'probe'], 77, 'USER_FORBIDDEN'],
    ['a program the tree does not have', ['CONF', 'vsftpd'], 127, 'the tree has no such program'],
    ['a program that is none', ['CONF', '/etc/passwd'], 126, 'cannot run /etc/passwd'],
    ['a client that is denied', ['--deny', '127.0.0.0/8', 'CONF', 'probe', 'hostname'], 77, 'CLIENT_DENIED'],
    [
      'a client that is not allowed',
      ['--allow', '10.0.0.0/8', 'CONF', 'probe', 'hostname'],
      77,
      'CLIENT_DENIED',
    ],
  ])('ends with its status and not a word to the client for %s', async (_, words, status, logged) => {
    const own = words.map((word) => (word === 'CONF' ? conf : word));
    expect(await scene.serve(own)).toMatchObject({ got: '', status });
    expect(await scene.host.log.until(logged)).toMatch(/^<27>virtuald\[\d+\]: /u);
  });

  test('says the refusal to a client that is not served, and nothing to others', async () => {
    const refusal = ['--refusal', String.raw`421 not here\r\n`];
    const say = 'x'.repeat(10_000);
    const denied = [...refusal, '--deny', '127.0.0.1', conf, 'probe', 'hostname'];
    expect(await scene.serve(denied, { say })).toMatchObject({ got: '421 not here\r\n', status: 77 });
    expect(await scene.serve([...refusal, conf, 'vsftpd'])).toMatchObject({
      got: '421 not here\r\n',
      status: 127,
    });
    expect(await scene.serve([...refusal, conf, 'probe', 'hostname'])).toMatchObject({ got: 'a.example\n' });
  });

  test('says on standard error, too, what is wrong, where that is not the client', async () => {
    const { got, err, status } = await scene.serve([conf, 'probe'], {
      ...any,
      to: '127.0.0.9',
      errors: 'pipe',
    });
    expect({ got, status }).toEqual({ got: '', status: 69 });
    expect(err).toMatch(/^virtuald: .*\[NO_TREE\]\n {2}/u);
  });

  test('hands words that are no text to the service as they are', async () => {
    writeFileSync(join(scene.root.path, 'a.example/tmp/x'), '');
    const words = [
      'bash',
      '--norc',
      '-c',
      `exec "$@" $'\\xff\\xe4'`,
      'sh',
      ...scene.words(conf, 'probe', 'args', 'ä b'),
    ];
    expect((await scene.serve([], { words })).got).toBe('c3a42062\nffe4\n');
  });
});

/** The words with the paths of what is looked up on PATH. */
function absolute(words: readonly string[]): readonly string[] {
  return words.map((word) => (['unshare', 'sh'].includes(word) ? `/usr/bin/${word}` : word));
}
