import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

export const virtexecScript = join(import.meta.dirname, '../../src/bin/virtexec.ts');

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Runs virtexec from its source, without a terminal, and waits for it. */
export function runVirtexec(words: readonly string[], options: SpawnSyncOptions = {}): Ended {
  return runProgram([process.execPath, virtexecScript, ...words], options);
}

/** Runs any program, in a session of its own. */
export function runProgram(words: readonly string[], options: SpawnSyncOptions = {}): Ended {
  const [program = '', ...args] = words;
  // A session of its own has no terminal, whatever the tests were started from.
  const env = { PATH: process.env.PATH, VIRTFS_CONFIG_DIR: '/nonexistent', ...options.env };
  const ended = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: 30_000,
    detached: true,
    ...options,
    env,
  } as SpawnSyncOptions);
  if (ended.error) throw ended.error;
  return { status: ended.status, signal: ended.signal, out: String(ended.stdout), err: String(ended.stderr) };
}
