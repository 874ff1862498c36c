import { spawn } from 'node:child_process';
import process from 'node:process';
import { isErrno } from '../../src/errors/virtfs-error.ts';
import type { Ended } from './run-virtexec.ts';

export interface AloneOptions {
  /** The whole environment but for PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The user it works as, where not root. */
  readonly uid?: number;
  /** What it reads; nothing where it is left out. */
  readonly input?: string;
  /** After this it and its children are killed; in milliseconds. */
  readonly timeout?: number;
}

/**
 * Runs a program in a session of its own, so without a terminal, and waits until it and its output have ended. One that
 * prints more than 16 million characters is killed.
 */
export function runAlone(words: readonly string[], options: AloneOptions = {}): Promise<Ended> {
  const [program = '', ...args] = words;
  const { env, cwd, uid, input, timeout = 60_000 } = options;
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, ...env },
    cwd,
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const stop = (): void => {
    endGroup(child.pid);
    // One that left the group may still hold them.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const texts = { out: '', err: '' };
  for (const [name, stream] of [['out', child.stdout] as const, ['err', child.stderr] as const]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      // Some programs never end.
      if (texts[name].length > 16e6) stop();
    });
  }
  // A program may end before it has read all; its status tells.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const clock = setTimeout(stop, timeout);
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (status, signal) => {
      clearTimeout(clock);
      done({ status, signal, ...texts });
    });
  });
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself just now.
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

/** Does `work` for each item, `lanes` of them at a time; the results are in the order of the items. */
export async function mapInLanes<Item, Result>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()].reverse();
  const lane = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      results[next[0]] = await work(next[1]);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
