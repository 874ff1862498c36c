import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseIpAddress } from '../../src/domain/ip-address.ts';
import { listenOn } from '../../src/linux/listening-socket.ts';
import { askStatus, type StatusAnswer } from './ask-status.ts';
import { compileStatic } from './banner-trees.ts';
import { makeLogHost } from './dev-log.ts';
import { type MiniRoot, makeMiniRoot } from './make-mini-root.ts';
import { virtualdScript } from './one-shot-scene.ts';

/** A virtuald that lasts. */
export interface Virtuald extends AsyncDisposable {
  readonly pid: number;
  /** The path of its status socket. */
  readonly socket: string;
  readonly status: () => Promise<StatusAnswer>;
  /** The counts of one service, or of the only one, all its domains together. */
  readonly total: (service?: string) => Promise<StatusAnswer['services'][number]['total']>;
  /** Waits until `holds` holds of it. */
  readonly untilTotal: (
    holds: (total: StatusAnswer['services'][number]['total']) => boolean,
    service?: string,
  ) => Promise<void>;
  /** What it said to the log until now. */
  readonly lines: () => readonly string[];
  /** Waits until its log has `times` lines with `text`, and gives the last of these. */
  readonly until: (text: string, times?: number) => Promise<string>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Its exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** What it said on standard error. */
  readonly err: () => string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Words that start it: `prlimit --nofile=64`. */
  readonly by?: readonly string[];
  /** Standard input: a socket that listens, as inetd's `wait` has it. */
  readonly stdin?: number;
  /** Descriptors 3 and so on, as systemd hands them over. */
  readonly sockets?: readonly number[];
  /** Its status socket, where its configuration says that. */
  readonly socket?: string;
}

/** A root of trees, each with a service that tells of itself, and a host with a log of its own. */
export interface ServerScene extends Disposable {
  readonly root: MiniRoot;
  /** A folder in memory. */
  readonly base: string;
  readonly host: ReturnType<typeof makeLogHost>;
  /** A tree with test/fixtures/witness.c as `witness`. */
  readonly addTree: (domain: string) => string;
  /** Writes `text` to a file of that name, and gives its path. */
  readonly put: (name: string, text: string) => string;
  /** A file of addresses with `lines` of `ADDRESS DOMAIN`. */
  readonly putConf: (name: string, lines: readonly string[]) => string;
  /** Starts it with these words, and waits until it serves. */
  readonly start: (words: readonly string[], options?: StartOptions) => Promise<Virtuald>;
}

/** Needs root, gcc and overlayfs. */
export function makeServerScene(): ServerScene {
  const root = makeMiniRoot();
  const base = dirname(root.path);
  const host = makeLogHost(base);
  const witness = compileStatic(join(import.meta.dirname, '../fixtures/witness.c'), base);
  const folder = join(base, 'files');
  mkdirSync(folder);
  const put = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o644 });
    return path;
  };
  let count = 0;
  return {
    root,
    base,
    host,
    addTree: (domain) => {
      const tree = root.addTree(domain);
      copyFileSync(witness, join(tree, 'usr/bin/witness'));
      return tree;
    },
    put,
    putConf: (name, lines) => put(name, describeConf(root.path, lines)),
    start: async (words, options = {}) => {
      const { env = {}, by = [], stdin, sockets = [], socket = join(folder, `status.${++count}`) } = options;
      const own = words.includes('--config') ? [] : ['--status-socket', socket];
      const handing = sockets.length === 0 ? [] : listenWords(sockets.length);
      const all = host.words(...by, ...handing, process.execPath, virtualdScript, ...own, ...words);
      const [program, ...args] = all;
      const child = spawn(program, args, {
        stdio: [stdin ?? 'ignore', 'ignore', 'pipe', ...sockets],
        env: { PATH: process.env.PATH, VIRTFS_CONFIG_DIR: '/nonexistent', VIRTFS_ROOT: root.path, ...env },
        detached: true,
      });
      const server = watch(child, socket, host.log.lines);
      try {
        await server.until(': serving ');
      } catch (error) {
        child.kill('SIGKILL');
        throw error;
      }
      return server;
    },
    [Symbol.dispose]: () => {
      host[Symbol.dispose]();
      root[Symbol.dispose]();
    },
  };
}

/** `127.0.0.1 a.example` as a line of CONF. */
export function describeConf(root: string, lines: readonly string[]): string {
  return lines.map((line) => `${line.replace(/ (?=\S+$)/u, ` ${root}/`)}\n`).join('');
}

/** A port where nobody listens, on any address. */
export async function findPort(): Promise<number> {
  const server = createServer().listen(0, '::');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** A socket that listens on 127.0.0.1, for another to accept from. The caller closes it. */
export async function openListening(): Promise<{ readonly fd: number; readonly port: number }> {
  const port = await findPort();
  return { fd: listenOn(parseIpAddress('127.0.0.1'), port), port };
}

/** A server of Node's that listens on 127.0.0.1, and would accept by itself. */
export async function listenFor(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as { readonly port: number }).port };
}

function listenWords(count: number): readonly string[] {
  return ['sh', '-c', `LISTEN_PID=$$ LISTEN_FDS=${count} exec "$@"`, 'sh'];
}

/** Asks `holds` until it says so; `what` is for the error when it never does. */
export async function waitFor(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 45_000; performance.now() < end; await sleep(20)) {
    if (await holds()) return;
  }
  throw new Error(`waited in vain: ${what}`);
}

function watch(child: ChildProcess, socket: string, all: () => readonly string[]): Virtuald {
  const pid = child.pid ?? 0;
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<number | NodeJS.Signals | null>((done) => {
    child.on('exit', (status, signal) => done(status ?? signal));
  });
  const lines = () => all().filter((line) => line.includes(`>virtuald[${pid}]: `));
  const status = () => askStatus(socket);
  const total: Virtuald['total'] = async (name) => {
    const found = (await status()).services.find((each) => name === undefined || each.name === name);
    if (found === undefined) throw new Error(`no service ${name}`);
    return found.total;
  };
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid,
    socket,
    status,
    total,
    untilTotal: (holds, name) =>
      waitFor(`${holds}`, async () => {
        // Without descriptors it does not answer for a while.
        const found = await total(name).catch(() => undefined);
        return found !== undefined && holds(found);
      }),
    lines,
    until: async (text, times = 1) => {
      const found = () => lines().filter((line) => line.includes(text));
      const what = () => `'${text}' in the log of virtuald: ${lines().join('\n')}\n${err}`;
      await waitFor(`'${text}' in the log`, () => found().length >= times || hasEnded()).catch(() => {});
      const line = found()[times - 1];
      if (line === undefined) throw new Error(what());
      return line;
    },
    signal: (signal) => process.kill(pid, signal),
    ended,
    err: () => err,
    [Symbol.asyncDispose]: async () => {
      if (!hasEnded()) child.kill('SIGTERM');
      // What it started is told to end at once; what does not mind is killed later.
      if (!hasEnded()) child.kill('SIGTERM');
      await ended;
    },
  };
}
