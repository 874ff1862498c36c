import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, openSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLandlockVersion } from '../../src/linux/landlock.ts';
import { type MiniRoot, makeMiniRoot } from '../support/make-mini-root.ts';
import { needs } from '../support/needs.ts';
import { runProgram, runVirtexec, virtexecScript } from '../support/run-virtexec.ts';

const landlock = readLandlockVersion();

describe.runIf(needs('root', { program: 'gcc' }))('a program that virtexec runs as root', () => {
  let root: MiniRoot;
  const started: ChildProcess[] = [];
  const into = (domain: string, ...words: string[]) => [
    '--root',
    root.path,
    '--domain',
    domain,
    'probe',
    ...words,
  ];
  const inside = (...words: string[]) => runVirtexec(into('a.example', ...words)).out;

  beforeAll(() => {
    root = makeMiniRoot();
    const [a, b, c] = ['a.example', 'b.example', 'copied.example'].map(root.addTree);
    writeFileSync(`${a}/usr/share/file`, 'shared');
    linkSync(`${a}/usr/share/file`, `${b}/usr/share/file`);
    writeFileSync(`${c}/usr/share/file`, 'own');
    writeFileSync(join(root.path, 'canary'), '');
    root.addRecord('b.example', 'hardlink');
    root.addRecord('copied.example', 'copy');
  });
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
    root[Symbol.dispose]();
  });

  /** Starts a program that stays until the end; resolves to its pid when it has said it is ready. */
  async function start(words: readonly string[]): Promise<string> {
    const [program = '', ...args] = words;
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(child);
    await once(child.stdout, 'data');
    return String(child.pid);
  }

  const startOnHost = () => start([root.probe, 'sleep']);
  const startInOtherTree = () => start([process.execPath, virtexecScript, ...into('b.example', 'sleep')]);

  test('has the domain as host name', () => {
    const before = runProgram([root.probe, 'hostname']).out;
    expect(inside('hostname')).toBe('a.example\n');
    expect(runProgram([root.probe, 'hostname']).out).toBe(before);
  });

  test('has nine capabilities, and no way to another', () => {
    const status = inside('file', '/proc/self/status');
    const kept = '00000000200004fb';
    expect(status).toContain(
      `CapInh:\t${'0'.repeat(16)}\nCapPrm:\t${kept}\nCapEff:\t${kept}\nCapBnd:\t${kept}\nCapAmb:\t${'0'.repeat(16)}\n`,
    );
    expect(status).toContain('Seccomp:\t2\n');
  });

  test('does not get out by a second chroot', () => {
    expect(inside('chroot-escape', '/canary')).toBe('chroot: EPERM\nchroot .: EPERM\n/canary: ENOENT\n');
  });

  test('does not get out by an inherited descriptor', () => {
    const canary = join(root.path, 'canary');
    // High, for Node itself closes the lowest.
    const stdio = Array.from({ length: 201 }, (_, fd) =>
      fd === 200 ? openSync('/', 'r') : fd < 3 ? 'pipe' : 'ignore',
    );
    const options = { stdio: stdio as StdioOptions };
    expect(runVirtexec(into('a.example', 'fchdir-escape', canary), options).out).toContain('canary: ENOENT');
    expect(runProgram([root.probe, 'fchdir-escape', canary], options).out).toContain('canary: done');
  });

  test('gets no capability its caller meant for heirs', () => {
    const heirs = ['setpriv', '--inh-caps=+net_raw,+sys_admin', '--ambient-caps=+net_raw'];
    const words = [process.execPath, virtexecScript, ...into('a.example', 'file', '/proc/self/status')];
    const none = '0'.repeat(16);
    const kept = '00000000200004fb';
    const sets = `CapInh:\t${none}\nCapPrm:\t${kept}\nCapEff:\t${kept}\nCapBnd:\t${kept}\nCapAmb:\t${none}\n`;
    expect(runProgram([...heirs, ...words]).out).toContain(sets);
  });

  test.each([
    ['make a device', ['mknod']],
    ['mount', ['mount']],
    ['make /usr writable again', ['remount']],
    ['unmount', ['umount', '/usr']],
    ['use the keyring of root', ['keyctl']],
  ])('cannot %s', (_what, words) => {
    expect(inside(...words)).toMatch(/^\w+: EPERM\n$/u);
  });

  test('cannot make a user namespace', () => {
    expect(inside('userns')).toBe('unshare: EPERM\nclone: EPERM\n');
  });

  test('writes no file it shares with another tree, and does not change its mode', () => {
    for (const domain of ['a.example', 'b.example']) {
      const probe = (...words: string[]) => runVirtexec(into(domain, ...words)).out;
      expect(probe('write', '/usr/share/file')).toBe('write: EROFS\n');
      expect(probe('chmod', '/usr/share/file')).toBe('chmod: EROFS\n');
      expect(probe('link', '/usr/share/file', '/tmp/file')).toBe('link: EXDEV\n');
      expect(probe('rename', '/usr', '/usr2')).toBe('rename: EBUSY\n');
    }
    expect(statSync(join(root.path, 'a.example/usr/share/file')).mode & 0o7777).toBe(0o644);
  });

  test('writes what is its own', () => {
    expect(inside('create', '/etc/new')).toBe('create: done\n');
    expect(inside('create', '/usr/local/bin/new')).toBe('create: done\n');
    expect(inside('rename', '/etc/new', '/var/new')).toBe('rename: done\n');
    expect(inside('link', '/var/new', '/home/new')).toBe('link: done\n');
    expect(runVirtexec(into('copied.example', 'write', '/usr/share/file')).out).toBe('write: done\n');
  });

  test.runIf(landlock >= 2)('sees itself in /proc, and no process of the host', async () => {
    const other = await startInOtherTree();
    const processes = inside('list', '/proc')
      .split('\n')
      .filter((name) => /^\d+$/u.test(name));
    expect(processes).toHaveLength(1);
    expect(processes).not.toContain(other);
    expect(inside('file', `/proc/${process.pid}/environ`)).toContain('ENOENT');
  });

  test.each(['/proc/sys/kernel/core_pattern', '/proc/sys/kernel/hostname', '/proc/self/oom_score_adj'])(
    'cannot write %s',
    (path) => {
      expect(inside('write', path)).toBe('write: EROFS\n');
    },
  );

  test('has terminals of its own', () => {
    expect(inside('list', '/dev/pts').split('\n').sort()).toEqual(['', '.', '..', 'ptmx']);
    expect(inside('openpty')).toBe('ptmx: done\n');
  });

  test('leaves no mount behind on the host', () => {
    inside('hostname');
    expect(runProgram(['cat', '/proc/self/mounts']).out).not.toContain('a.example');
  });

  test.runIf(landlock >= 6)('meets nobody of another tree or the host on an abstract socket', async () => {
    const name = `virtfs-test-${process.pid}`;
    await start([process.execPath, virtexecScript, ...into('b.example', 'listen', name)]);
    await start([root.probe, 'listen', `${name}-host`]);
    expect(inside('connect', name)).toBe('connect: EPERM\n');
    expect(inside('connect', `${name}-host`)).toBe('connect: EPERM\n');
    expect(runProgram([root.probe, 'connect', name]).out).toBe('connect: done\n');
  });

  test.runIf(landlock >= 2)('traces no process of the host or of another tree', async () => {
    for (const pid of [await startOnHost(), await startInOtherTree()]) {
      expect(inside('ptrace', pid)).toBe('ptrace: EPERM\n');
    }
  });

  test.runIf(landlock >= 6)('signals no process of the host or of another tree', async () => {
    for (const pid of [await startOnHost(), await startInOtherTree()]) {
      expect(inside('kill', pid, '0')).toBe('kill: EPERM\n');
      expect(runProgram([root.probe, 'kill', pid, '0']).out).toBe('kill: done\n');
    }
  });

  test('does not reach the host with a signal to everyone', () => {
    // In a pid namespace, so that the machine outlives the day this fails.
    const shell =
      '"$0" sleep >/dev/null & sleeper=$!; shift; "$@"; kill -0 $sleeper && echo alive; kill -9 $sleeper';
    const words = [process.execPath, virtexecScript, ...into('a.example', 'kill', '-1', '15')];
    const isolated = [
      'unshare',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'sh',
      '-c',
      shell,
      root.probe,
      '-',
    ];
    expect(runProgram([...isolated, ...words]).out).toContain('alive\n');
  });
});
