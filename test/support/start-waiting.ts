import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Waiting extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The signal or status it ended with, once it has. */
  readonly ended: Promise<NodeJS.Signals | number | null>;
}

/** Starts a program that is to wait, and waits until it says its first words; `cat` is given some to say. */
export async function startWaiting(words: readonly string[], options: SpawnOptions = {}): Promise<Waiting> {
  const [program = '', ...args] = words;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  const ended = new Promise<NodeJS.Signals | number | null>((done) => {
    child.on('exit', (status, signal) => done(signal ?? status));
  });
  child.stdin?.on('error', () => {});
  child.stdin?.write('ready\n');
  if (child.stdout) {
    await Promise.race([
      once(child.stdout, 'data'),
      ended.then((how) => {
        throw new Error(`${program} ended with ${how}`);
      }),
    ]);
  }
  return {
    child,
    pid: child.pid ?? 0,
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
