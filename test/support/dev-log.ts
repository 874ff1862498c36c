import { closeSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { check, libcFunction } from '../../src/linux/libc.ts';

/** A log daemon: a socket that keeps what it is told. */
export interface LogSocket extends Disposable {
  readonly path: string;
  /** What came until now. */
  readonly lines: () => readonly string[];
  /** Waits until a line has `text`, and gives that line. */
  readonly until: (text: string) => Promise<string>;
}

/** Makes one at `path`. */
export function listenLog(path: string): LogSocket {
  const [unix, datagram, nonBlock] = [1, 2, 0o4000];
  const socket = libcFunction<[number, number, number]>('int socket(int, int, int)');
  const bind = libcFunction<[number, Uint8Array, number]>('int bind(int, const void *, unsigned int)');
  const recv = libcFunction<[number, Uint8Array, number, number]>('long recv(int, void *, size_t, int)');
  const address = Buffer.concat([Buffer.from([unix, 0]), Buffer.from(path), Buffer.of(0)]);
  const fd = check(socket(unix, datagram | nonBlock, 0), 'socket');
  check(bind(fd, address, address.length), 'bind');
  const got: string[] = [];
  const bytes = Buffer.alloc(8192);
  const lines = () => {
    for (let size = read(); size >= 0; size = read()) got.push(bytes.toString('utf8', 0, size));
    return got;
  };
  const read = () => Number(recv(fd, bytes, bytes.length, 0));
  // Its queue holds ten.
  const draining = setInterval(lines, 5);
  draining.unref();
  return {
    path,
    lines,
    until: async (text) => {
      for (const end = performance.now() + 20_000; performance.now() < end; await sleep(10)) {
        const found = lines().find((line) => line.includes(text));
        if (found !== undefined) return found;
      }
      throw new Error(`the log has no '${text}': ${lines().join('\n')}`);
    },
    [Symbol.dispose]: () => {
      clearInterval(draining);
      closeSync(fd);
      rmSync(path, { force: true });
    },
  };
}

const script = `
  set -e
  mount -t overlay -o "lowerdir=/dev,upperdir=$1/upper,workdir=$1/work" virtfs-dev-log /dev
  shift
  exec "$@"
`;

/** A host whose /dev/log is a socket of the test's own. */
export interface LogHost extends Disposable {
  readonly log: LogSocket;
  /** A folder in memory. */
  readonly base: string;
  /** Words that run others with that /dev/log, in a mount namespace of their own. */
  readonly words: (...words: readonly string[]) => readonly [program: string, ...args: string[]];
}

/** Makes one in `base`, a folder on a tmpfs. Needs root and overlayfs. */
export function makeLogHost(base: string): LogHost {
  const folder = mkdtempSync(join(base, 'dev-log-'));
  mkdirSync(join(folder, 'upper'), { mode: 0o755 });
  mkdirSync(join(folder, 'work'));
  const log = listenLog(join(folder, 'socket'));
  // A socket cannot be found through an overlay, unless it was made there.
  symlinkSync(log.path, join(folder, 'upper/log'));
  return {
    log,
    base: folder,
    words: (...words) => [
      'unshare',
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      script,
      'sh',
      folder,
      ...words,
    ],
    [Symbol.dispose]: () => log[Symbol.dispose](),
  };
}
