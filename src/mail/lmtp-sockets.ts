import { chmodSync, chownSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { adoptListening, listenOn } from '../linux/listening-socket.ts';
import { getSocketAddress, isListening } from '../linux/sockets.ts';
import type { MailListen } from './mail-listen.ts';
import { describeMailListen, isLoopback } from './parse-mail-listen.ts';

/** Told of each connection, and what kind of socket it came to. */
export type OnConnection = (socket: Socket, type: MailListen['type']) => void;

export interface WantedSockets {
  readonly places: readonly MailListen[];
  /** The group of UNIX sockets, by number. */
  readonly group: number;
}

/** The sockets virtmaild waits at. Those that stay stay open while the settings change. */
export class LmtpSockets {
  readonly #onConnection: OnConnection;
  #open = new Map<string, Server>();
  readonly #handedOver: Server[] = [];

  constructor(onConnection: OnConnection) {
    this.#onConnection = onConnection;
  }

  /** Takes sockets that somebody else made. Throws CANNOT_LISTEN for one that is none, or that other machines can reach. */
  adopt(descriptors: readonly number[], allowRemote: boolean): void {
    for (const fd of descriptors) {
      const type = typeOf(fd, allowRemote);
      adoptListening(fd);
      this.#handedOver.push(this.#makeServer(type).listen({ fd }));
    }
  }

  /** Opens what is wanted and closes what is not any more. Throws CANNOT_LISTEN, with those that were open as they were. */
  async open({ places, group }: WantedSockets): Promise<void> {
    const next = new Map<string, Server>();
    try {
      for (const place of places) {
        const key = describeMailListen(place);
        if (!next.has(key)) next.set(key, this.#open.get(key) ?? (await this.#openOne(place, group)));
        if (place.type === 'unix') secure(place.path, group);
      }
    } catch (error) {
      for (const [key, server] of next) if (!this.#open.has(key)) server.close();
      throw error;
    }
    for (const [key, server] of this.#open) if (!next.has(key)) server.close();
    this.#open = next;
  }

  describe(): string {
    const handed = this.#handedOver.length;
    return [...this.#open.keys(), ...(handed > 0 ? [`${handed} handed over`] : [])].join(', ');
  }

  /** Accepts nothing any more; files of UNIX sockets are gone. */
  close(): void {
    for (const server of [...this.#open.values(), ...this.#handedOver]) server.close();
    this.#open = new Map();
  }

  #makeServer(type: MailListen['type']): Server {
    const server = createServer((socket) => this.#onConnection(socket, type));
    // Out of descriptors, for one: the next may be had again.
    server.on('error', () => {});
    return server;
  }

  async #openOne(place: MailListen, group: number): Promise<Server> {
    const server = this.#makeServer(place.type);
    try {
      if (place.type === 'ip') return server.listen({ fd: listenOn(place.address, place.port) });
      mkdirSync(dirname(place.path), { recursive: true, mode: 0o755 });
      await removeStale(place.path);
      await listenAt(server, place.path);
      secure(place.path, group);
      return server;
    } catch (error) {
      server.close();
      throw cannotListen(describeMailListen(place), whyOf(error), error);
    }
  }
}

/** Nobody but root may connect, not even between its being made and a change of its mode. */
async function listenAt(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).once('listening', resolve);
  const mask = process.umask(0o177);
  try {
    server.listen({ path, backlog: 512 });
  } finally {
    process.umask(mask);
  }
  await promise;
}

function secure(path: string, group: number): void {
  chownSync(path, 0, group);
  chmodSync(path, 0o660);
}

/** What an end without warning left behind. */
async function removeStale(path: string): Promise<void> {
  const old = lstatSync(path, { throwIfNoEntry: false });
  if (old === undefined) return;
  if (!old.isSocket()) throw Object.assign(new Error('no socket'), { code: 'ENOTSOCK' });
  if (await answers(path)) throw Object.assign(new Error('in use'), { code: 'EADDRINUSE' });
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path)
    .on('connect', () => resolve(true))
    // A full queue has somebody behind it.
    .on('error', (error) => resolve(isErrno(error, 'EAGAIN')));
  return promise.finally(() => socket.destroy());
}

function typeOf(fd: number, allowRemote: boolean): MailListen['type'] {
  if (!isListening(fd)) throw cannotListen(`descriptor ${fd}`, 'it is no socket that waits for connections');
  const found = getSocketAddress(fd);
  if (found.type !== 'ip') return 'unix';
  const where = `${found.address} port ${found.port}`;
  if (!allowRemote && !isLoopback(found.address))
    throw cannotListen(where, 'other machines can reach it, and allow-remote of virtmaild.toml is not set');
  return 'ip';
}

// biome-ignore format: a table
const whys: Readonly<Record<string, string>> = {
  EADDRINUSE:    'another program listens there',
  EADDRNOTAVAIL: 'no interface of this machine has that address',
  EACCES:        'the system does not permit it',
  ENOTSOCK:      'something stands there that is no socket',
};

function whyOf(error: unknown): string {
  const code = Error.isError(error) && 'code' in error ? String(error.code) : '';
  return whys[code] ?? (Error.isError(error) ? error.message : String(error));
}

function cannotListen(where: string, why: string, cause?: unknown): VirtfsError {
  return new VirtfsError('CANNOT_LISTEN', {
    what: `cannot listen on ${where}`,
    why,
    mend: 'see who has it: ss -lxtp - or listen elsewhere: virtmaild --listen unix:PATH',
    cause,
  });
}
