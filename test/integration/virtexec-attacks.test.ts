import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MiniRoot, makeMiniRoot } from '../support/make-mini-root.ts';
import { needs } from '../support/needs.ts';
import { runProgram, runVirtexec } from '../support/run-virtexec.ts';

describe.runIf(needs('root', { program: 'gcc' }))('an attacker who is root of a tree', () => {
  let root: MiniRoot;
  let victim: ChildProcess;
  const into = (...words: string[]) => ['--root', root.path, '--domain', 'a.example', 'probe', ...words];

  beforeAll(async () => {
    root = makeMiniRoot();
    root.addTree('a.example');
    victim = spawn(root.probe, ['sleep'], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (victim.stdout) await once(victim.stdout, 'data');
  });
  afterAll(() => {
    victim.kill('SIGKILL');
    root[Symbol.dispose]();
  });

  const limitsOfVictim = () => readFileSync(`/proc/${victim.pid}/limits`, 'utf8');

  test('sets no limit of a process of the host, and his own', () => {
    expect(runVirtexec(into('prlimit', String(victim.pid))).out).toBe('prlimit: EPERM\n');
    expect(runVirtexec(into('prlimit', '0')).out).toBe('prlimit: done\n');
    const before = limitsOfVictim();
    expect(runProgram([root.probe, 'prlimit', String(victim.pid)]).out).toBe('prlimit: done\n');
    expect(limitsOfVictim()).not.toBe(before);
  });

  test('makes no other tree wait for a shared file by a lease', () => {
    const path = `${root.path}/a.example/usr/share/file`;
    writeFileSync(path, 'shared');
    expect(runVirtexec(into('lease', '/usr/share/file')).out).toBe('lease: EPERM\n');
    expect(runProgram([root.probe, 'lease', path]).out).toBe('lease: done\n');
  });

  test.each([0, 1, 2])('gets no directory of the host as descriptor %i', (fd) => {
    const directory = openSync('/', 'r');
    try {
      const stdio = [0, 1, 2].map((each) => (each === fd ? directory : 'pipe'));
      const ended = runVirtexec(into('create', '/tmp/ran'), { stdio: stdio as ('pipe' | number)[] });
      // Where it is standard error there is nowhere to say why.
      expect(ended.status).toBe(fd === 2 ? 74 : 71);
      if (fd !== 2) expect(ended.err).toContain(`descriptor ${fd} is a directory`);
      expect(existsSync(`${root.path}/a.example/tmp/ran`)).toBe(false);
    } finally {
      closeSync(directory);
    }
  });
});
