import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { needs } from '../support/needs.ts';
import { runOnTerminal } from '../support/on-terminal.ts';
import { create } from '../support/run-create.ts';
import { type Ended, runProgram } from '../support/run-virtexec.ts';
import { type Sandbox, sandboxTest as test } from '../support/trees-root.ts';

const script = join(import.meta.dirname, '../../src/bin/virtfs.ts');

interface Traced {
  readonly hasStarted: boolean;
  readonly status?: number;
  readonly signal?: string;
  readonly leftRunning: number;
  readonly lacks: readonly { readonly path: string; readonly key?: string; readonly denied?: string }[];
  readonly profile: readonly string[];
}

describe.runIf(needs('root', { program: 'strace' }))('virtfs trace', () => {
  test('says what a program looked for in vain that the host has, and what a profile would say', async ({
    sandbox,
    hostFolder,
  }) => {
    writeFileSync(join(hostFolder, 'data'), 'x');
    await makeTree(sandbox);
    const words = `cd /usr; cat ..${hostFolder}/data; cp; cat nosuch; cat /etc/shadow-; exit 3`;
    const { status, out, err } = trace(sandbox, ['sh', '-c', words]);
    expect([status, out]).toEqual([1, '']);
    expect(err).toContain('sh in a.example ended with status 3.');
    expect(err).toMatch(/^\/usr\/bin\/cp +program +coreutils$/mu);
    expect(err).toMatch(new RegExp(`^${hostFolder}/data +file +-$`, 'mu'));
    expect(err).toMatch(/^ {2}commands = \["cp"\]$/mu);
    expect(err).toMatch(new RegExp(`^ {2}files = \\["${hostFolder}/data"\\]$`, 'mu'));
    expect(err).not.toMatch(/nosuch +file/u);
  });

  test('gives the program all words behind it, its user and its standard output', async ({ sandbox }) => {
    await makeTree(sandbox);
    const { status, out, err } = trace(sandbox, [
      '--user',
      'admin',
      'sh',
      '-c',
      'id -un; echo "$1"',
      '--',
      '--json',
    ]);
    expect([status, out]).toEqual([0, 'admin\n--json\n']);
    expect(err).toContain('this host has nothing');
  });

  test('keeps standard output for the data with --json', async ({ sandbox }) => {
    await makeTree(sandbox);
    const { out, err } = trace(sandbox, ['--json', '--', 'sh', '-c', 'echo said']);
    expect(JSON.parse(out)).toMatchObject({ domain: 'a.example', hasStarted: true, status: 0, lacks: [] });
    expect(err).toBe('said\n');
  });

  test('says of a program that is not in the tree what would bring it', async ({ sandbox }) => {
    await makeTree(sandbox);
    const there = traceJson(sandbox, ['cp']);
    expect(there).toMatchObject({ hasStarted: false, status: 127, profile: ['commands = ["cp"]'] });
    const { status, err } = trace(sandbox, ['nosuchprogram']);
    expect([status, err]).toEqual([127, expect.stringContaining('PROGRAM_NOT_FOUND')]);
  });

  test('names the interpreter of a script when that is what is missing', async ({ sandbox, hostFolder }) => {
    const path = join(hostFolder, 'script');
    writeFileSync(path, '#!/usr/bin/awk -f\n', { mode: 0o755 });
    await makeTree(sandbox, `files = ["${path}"]`);
    const tree = join(sandbox.root, 'a.example');
    execFileSync('find', [tree, '-xdev', '(', '-name', '*awk*', ')', '-delete']);
    expect(traceJson(sandbox, ['sh', '-c', path]).lacks).toEqual([]);
    forget(sandbox, 'awk');
    expect(traceJson(sandbox, ['sh', '-c', path]).lacks.map((lack) => lack.path)).toContain('/usr/bin/awk');
  });

  test('hands the program no descriptor of the trace', async ({ sandbox }) => {
    await makeTree(sandbox);
    // The last is ls's own.
    expect(trace(sandbox, ['ls', '/proc/self/fd']).out).toBe('0\n1\n2\n3\n');
  });

  test('leaves what the program left running untraced, and ends', async ({ sandbox }) => {
    await makeTree(sandbox, 'optional-commands = ["sleep"]');
    const traced = traceJson(sandbox, ['sh', '-c', 'sleep 47.11 >/dev/null 2>&1 &']);
    expect(traced).toMatchObject({ status: 0, leftRunning: 1 });
    const pid = findProcess('sleep\u000047.11');
    try {
      await expect.poll(() => readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^TracerPid:\t0$/mu);
    } finally {
      process.kill(pid);
    }
  });

  test('takes no name of a program for a line of the trace', async ({ sandbox, hostFolder }) => {
    writeFileSync(join(hostFolder, 'bait'), 'x');
    await makeTree(sandbox);
    const forged = `x\n1 open("${hostFolder}/bait", O_RDONLY) = -1 ENOENT (No such file or directory)\n`;
    const traced = traceJson(sandbox, [
      'cat',
      forged,
      `+++ exited with 0 +++`,
      `a <unfinished ...>`,
      '\u00ff\\"',
    ]);
    expect(traced).toMatchObject({ status: 1, leftRunning: 0, lacks: [] });
  });

  test('asks the host for no path outside of what holds programs', async ({ sandbox }) => {
    await makeTree(sandbox);
    expect(
      traceJson(sandbox, ['cat', '/boot', '/root/.bashrc', '/sys/kernel', '/home/a/x', '/tmp/y']).lacks,
    ).toEqual([]);
  });

  test('passes a signal on to the program, and says that it ended so', async ({ sandbox }) => {
    await makeTree(sandbox);
    const words = [script, 'trace', '--json', 'a.example', 'sh', '-c', 'echo ready >&2; cat'];
    const child = spawn(process.execPath, words, { env: envOf(sandbox), stdio: 'pipe' });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    await once(child.stderr, 'data');
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
    expect(JSON.parse(out)).toMatchObject({ hasStarted: true, signal: 'SIGTERM' });
  });

  test('gives an interactive program the terminal, and lives on when it is stopped by Ctrl-C', async ({
    sandbox,
  }) => {
    await makeTree(sandbox);
    const command = 'exec "$0" "$1" trace a.example sh -c "echo ready; exec cat"';
    const run = runOnTerminal(command, [process.execPath, script], envOf(sandbox));
    await run.shows('ready');
    run.type('hello\r');
    await run.shows('hello\r\nhello');
    run.type('\u0003');
    await run.shows('sh in a.example was ended by SIGINT.');
    expect(await run.ended()).toBe(0);
    expect(run.screen()).not.toContain('running');
  });

  test('says how to get strace where there is none', async ({ sandbox }) => {
    await makeTree(sandbox);
    const { status, err } = trace(sandbox, ['true'], { PATH: '/nonexistent' });
    expect([status, err]).toEqual([
      69,
      expect.stringMatching(/PROGRAM_MISSING[\s\S]*apt-get install strace/u),
    ]);
  });
});

async function makeTree(sandbox: Sandbox, more = ''): Promise<void> {
  sandbox.putProfile('traced', `summary = "x"\nextends = ["small"]\n${more}\n`);
  await create({ settings: sandbox.settings, domains: ['a.example'], profiles: ['traced'] });
}

function envOf({ root }: Sandbox): Record<string, string> {
  return { PATH: process.env.PATH ?? '', VIRTFS_ROOT: root, VIRTFS_CONFIG_DIR: '/nonexistent' };
}

function trace(
  sandbox: Sandbox,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Ended {
  const [first = ''] = words;
  // Options of ours stand before the domain.
  const at = first.startsWith('--') ? (first === '--user' ? 2 : 1) : 0;
  const call = ['trace', ...words.slice(0, at), 'a.example', ...words.slice(at)];
  return runProgram([process.execPath, script, ...call], { env: { ...envOf(sandbox), ...env } });
}

function traceJson(sandbox: Sandbox, words: readonly string[]): Traced {
  return JSON.parse(trace(sandbox, ['--json', ...words]).out) as Traced;
}

/** Takes what is called so out of the layers, as if the profile had not brought it. */
function forget({ root }: Sandbox, name: string): void {
  const folder = join(root, '.virtfs/layers');
  for (const file of readdirSync(folder).filter((each) => /^[0-9a-f]{64}\.json$/u.test(each))) {
    const layer = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { entries: { path: string }[] };
    layer.entries = layer.entries.filter(({ path }) => !path.includes(name));
    writeFileSync(join(folder, file), JSON.stringify(layer));
  }
}

function findProcess(words: string): number {
  const pid = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .find((name) => readOrNothing(`/proc/${name}/cmdline`).includes(words));
  if (pid === undefined) throw new Error(`no process ${words}`);
  return Number(pid);
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It has ended.
    return '';
  }
}
