import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that runs in the foreground until it is ended. */
export interface Server extends AsyncDisposable {
  readonly pid: number;
  /** Ends it by TERM, and gives its exit status. */
  readonly end: () => Promise<number | NodeJS.Signals | null>;
}

/** Starts a server and waits until it accepts connections on `port`. What it says on standard error is shown. */
export async function serve(
  words: readonly [program: string, ...args: string[]],
  port: number,
  address = '127.0.0.1',
): Promise<Server> {
  const [program, ...args] = words;
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = endOf(child);
  // Told by the race below; where the server is up, an end is the business of who waits for it.
  ended.catch(() => {});
  const wait = new AbortController();
  try {
    const early = ended.then((status) => {
      throw new Error(`${program} ended with ${status} before it served`);
    });
    await Promise.race([early, waitUntilAccepts(port, address, wait.signal)]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    wait.abort();
  }
  const end = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return {
    pid: child.pid ?? 0,
    end,
    [Symbol.asyncDispose]: async () => {
      await end();
    },
  };
}

async function endOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return status ?? signal;
}

async function waitUntilAccepts(port: number, address: string, stop: AbortSignal): Promise<void> {
  for (const end = performance.now() + 30_000; performance.now() < end && !stop.aborted; await sleep(20)) {
    if (await accepts(port, address)) return;
  }
  if (!stop.aborted) throw new Error(`nobody accepts connections to ${address} port ${port}`);
}

function accepts(port: number, address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, address);
    socket.on('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });
}
