import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MiniRoot, makeMiniRoot } from '../support/make-mini-root.ts';
import { needs } from '../support/needs.ts';
import { runProgram, runVirtexec, virtexecScript } from '../support/run-virtexec.ts';

describe.runIf(needs('root', { program: 'gcc' }))('virtexec', () => {
  let root: MiniRoot;
  let tree: string;
  const into = (...words: string[]) => ['--root', root.path, '--domain', 'a.example', ...words];

  beforeAll(() => {
    root = makeMiniRoot();
    tree = root.addTree('a.example');
  });
  afterAll(() => root[Symbol.dispose]());

  test('hands on every argument as it is', () => {
    const words = ['', 'two words', "it's", '"', 'a\nb', '--', '--domain', '\\', '$HOME', 'ü'];
    const { status, out } = runVirtexec(into('probe', 'args', ...words));
    expect(
      out
        .split('\n')
        .slice(0, -1)
        .map((hex) => Buffer.from(hex, 'hex').toString()),
    ).toEqual(words);
    expect(status).toBe(0);
  });

  test('hands on bytes that are no text', () => {
    const shell = `exec "$0" "$@" "$(printf '\\377x')"`;
    const { out } = runProgram([
      'sh',
      '-c',
      shell,
      process.execPath,
      virtexecScript,
      ...into('probe', 'args', 'ä'),
    ]);
    expect(out).toBe('c3a4\nff78\n');
  });

  test.each([0, 1, 42, 64, 71, 126, 127, 128, 255])('ends with the status %i of the program', (status) => {
    expect(runVirtexec(into('probe', 'exit', String(status)))).toMatchObject({
      status,
      signal: null,
      out: '',
      err: '',
    });
  });

  test.each([
    ['SIGTERM', 15],
    ['SIGPIPE', 13],
    ['SIGKILL', 9],
    ['SIGXFSZ', 25],
  ])('is killed by %s when the program is', (signal, number) => {
    expect(runVirtexec(into('probe', 'die', String(number)))).toMatchObject({ status: null, signal });
  });

  test('passes a signal from outside on to the program, for it is the program', async () => {
    const child = spawn(process.execPath, [virtexecScript, ...into('probe', 'sleep')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  });

  test('leaves pipes on standard input and output to the program', () => {
    expect(runVirtexec(into('probe', 'copy'), { input: 'one\0two\n' }).out).toBe('a.example\none\0two\n');
  });

  test('gives the documented environment and nothing else', () => {
    const env = {
      TERM: 'vt100',
      LANG: 'C.UTF-8',
      LC_TIME: 'C',
      TZ: 'UTC',
      LD_PRELOAD: '/x',
      SECRET: 'x',
      HOME: '/x',
    };
    expect(runVirtexec(into('probe', 'env'), { env }).out.split('\n').sort()).toEqual([
      '',
      'HOME=/root',
      'LANG=C.UTF-8',
      'LC_TIME=C',
      'LOGNAME=root',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'SHELL=/bin/bash',
      'TERM=vt100',
      'USER=root',
      'VIRTFS_DOMAIN=a.example',
    ]);
  });

  test('leaves no descriptor open but the three, and none of them non-blocking', () => {
    const stdio = Array.from({ length: 201 }, (_, fd) =>
      fd === 200 ? openSync('/', 'r') : fd < 3 ? 'pipe' : 'ignore',
    );
    expect(runVirtexec(into('probe', 'fds'), { stdio: stdio as never }).out).toBe('0\n1\n2\n');
  });

  test('gives back the limit of open files that Node raises', () => {
    const shell = 'ulimit -Sn 512; ulimit -Hn 4096; "$0" "$@"; exit $?';
    const { out } = runProgram([
      'sh',
      '-c',
      shell,
      process.execPath,
      virtexecScript,
      ...into('probe', 'nofile'),
    ]);
    expect(out).toBe('512 4096\n');
  });

  test('starts with no signal ignored or blocked', () => {
    const { out } = runVirtexec(into('probe', 'file', '/proc/self/status'));
    expect(out).toMatch(/^SigBlk:\t0+\nSigIgn:\t0+\n/mu);
  });

  test.each([
    ['nosuch', 127, 'PROGRAM_NOT_FOUND', 'no such program in /usr/local/sbin:'],
    ['/bin/nosuch', 127, 'PROGRAM_NOT_FOUND', 'no such file'],
    ['', 127, 'PROGRAM_NOT_FOUND', ''],
    ['plain', 126, 'PROGRAM_NOT_RUNNABLE', 'not an executable file'],
    ['/usr', 126, 'PROGRAM_NOT_RUNNABLE', 'not an executable file'],
    ['text', 126, 'PROGRAM_NOT_RUNNABLE', 'neither a program for this machine nor a script'],
    ['script', 126, 'PROGRAM_NOT_RUNNABLE', 'lacks the interpreter its first line names: /opt/\\x07perl'],
  ])('ends as a shell does when the program is %j', (name, status, code, why) => {
    writeFileSync(join(tree, 'usr/bin/plain'), '', { mode: 0o644 });
    writeFileSync(join(tree, 'usr/bin/text'), 'hello\n', { mode: 0o755 });
    writeFileSync(join(tree, 'usr/bin/script'), '#! /opt/\u0007perl -w\n', { mode: 0o755 });
    const ended = runVirtexec(into(name));
    expect(ended).toMatchObject({ status, out: '' });
    expect(ended.err).toContain(`[${code}]`);
    expect(ended.err).toContain(why);
  });

  test('by the name of a link is the program the name says, and reads none of the words', () => {
    const link = join(root.path, '..', 'virtprobe');
    symlinkSync(virtexecScript, link);
    const env = { VIRTFS_ROOT: root.path, VIRTFS_DOMAIN: 'a.example' };
    expect(runProgram([process.execPath, link, 'args', '--help', '--domain'], { env }).out).toBe(
      '2d2d68656c70\n2d2d646f6d61696e\n',
    );
  });

  test('refuses a link whose name does not begin with virt', () => {
    const link = join(root.path, '..', 'notvirt');
    symlinkSync(virtexecScript, link);
    const ended = runProgram([process.execPath, link, 'args']);
    expect(ended).toMatchObject({ status: 64, out: '' });
    expect(ended.err).toContain("'notvirt'");
  });

  test('takes an alias for its domain', () => {
    symlinkSync('a.example', join(root.path, 'alias.example'));
    const { out } = runVirtexec(['--root', root.path, '--domain', 'ALIAS.example', 'probe', 'hostname']);
    expect(out).toBe('a.example\n');
  });

  test.each([
    ['none.example', 66, 'DOMAIN_MISSING'],
    ['out.example', 66, 'DOMAIN_MISSING'],
    ['..', 65, 'BAD_DOMAIN_NAME'],
    ['a.example/../..', 65, 'BAD_DOMAIN_NAME'],
    ['writable.example', 77, 'TREE_UNSAFE'],
    ['owned.example', 77, 'TREE_UNSAFE'],
  ])('does not enter %s', (domain, status, code) => {
    symlinkIfMissing('/', join(root.path, 'out.example'));
    mkdirSync(join(root.path, 'writable.example'), { recursive: true });
    chmodSync(join(root.path, 'writable.example'), 0o775);
    mkdirSync(join(root.path, 'owned.example'), { recursive: true });
    runProgram(['chown', '1000', join(root.path, 'owned.example')]);
    const ended = runVirtexec(['--root', root.path, '--domain', domain, 'probe', 'hostname']);
    expect(ended).toMatchObject({ status, out: '' });
    expect(ended.err).toContain(`[${code}]`);
  });

  test('does not trust a root of trees that others may write', () => {
    chmodSync(root.path, 0o777);
    const ended = runVirtexec(into('probe', 'hostname'));
    chmodSync(root.path, 0o711);
    expect(ended).toMatchObject({ status: 77, out: '' });
    expect(ended.err).toContain('[ROOT_UNSAFE]');
  });

  test('says so when there is no domain at all, or no root', () => {
    const empty = join(root.path, '..', 'empty');
    mkdirSync(empty, { recursive: true });
    const ended = runVirtexec(['--root', empty, 'probe']);
    expect(ended).toMatchObject({ status: 66 });
    expect(ended.err).toContain('there is no domain to run a program in');
  });

  test('asks to be root', () => {
    // What lets it read a checkout that is closed to others, and no more.
    const read = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...read];
    const ended = runProgram([...nobody, process.execPath, virtexecScript, ...into('probe', 'hostname')]);
    expect(ended).toMatchObject({ status: 77, out: '' });
    expect(ended.err).toContain('[NEEDS_ROOT]');
  });

  test('explains itself, and tells its version', () => {
    expect(runVirtexec([])).toMatchObject({ status: 0, err: '' });
    expect(runVirtexec(['--help']).out).toContain('usage: virtexec [--domain DOMAIN]');
    expect(runVirtexec(['--version']).out).toMatch(/^virtexec \d+\.\d+\.\d+\n$/u);
  });
});

function symlinkIfMissing(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
