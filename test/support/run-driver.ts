import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { Interrupted } from '../../src/errors/interrupted.ts';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';

/** A program of tests that does one thing to a root of trees in a process of its own. */
export interface Driver {
  /** A file that calls `runAsDriver`. */
  readonly script: string;
  /** What it is told, as JSON. */
  readonly words: unknown;
}

/** How it ended. `code` is the VirtfsError's, or the name of what else was thrown. */
export interface DriverEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly code: string | undefined;
  readonly stderr: string;
}

/** Starts it; `wrapper` is a command line that runs it, `strace …` for one. */
export function startDriver(
  { script, words }: Driver,
  wrapper: readonly string[] = [],
): { readonly child: ChildProcess; readonly end: Promise<DriverEnd> } {
  const [program = '', ...args] = [...wrapper, process.execPath, script, JSON.stringify(words)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    texts.stdout += data;
  });
  child.stderr.on('data', (data) => {
    texts.stderr += data;
  });
  const end = new Promise<DriverEnd>((done, fail) => {
    child.on('error', fail);
    child.on('close', (status, signal) => {
      done({ status, signal, code: texts.stdout.trim() || undefined, stderr: texts.stderr });
    });
  });
  return { child, end };
}

export function runDriver(driver: Driver, wrapper?: readonly string[]): Promise<DriverEnd> {
  return startDriver(driver, wrapper).end;
}

export function wasKilled({ signal, status }: DriverEnd): boolean {
  return signal === 'SIGKILL' || status === 137;
}

/** The whole of a driver's script: does `work` with the words it was given, and ends as `DriverEnd` says. */
export async function runAsDriver<Words>(
  work: (words: Words, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const controller = new AbortController();
  process.on('SIGINT', () => controller.abort(new Interrupted('SIGINT')));
  try {
    await work(JSON.parse(process.argv[2] ?? '') as Words, controller.signal);
  } catch (error) {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.stdout.write(error instanceof VirtfsError ? error.code : (error as Error).name);
    process.exitCode = error instanceof VirtfsError || error instanceof Interrupted ? error.exitStatus : 70;
  }
}
