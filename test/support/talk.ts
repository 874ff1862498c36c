import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Talk {
  /** Where to; 127.0.0.1. */
  readonly to?: string;
  /** Where from. */
  readonly from?: string;
  /** What is said at once. */
  readonly say?: string | Uint8Array;
  /** Nothing follows what is said; true. */
  readonly end?: boolean;
}

/** Connects, and gives all that comes until the other end closes; `[ECONNRESET]` where it is broken off. */
export async function talk(port: number, options: Talk = {}): Promise<string> {
  const client = await openClient(port, options);
  if (options.end !== false) client.socket.end();
  return client.all();
}

/** A client that stays. */
export interface Client extends Disposable {
  readonly socket: Socket;
  /** Its own port. */
  readonly port: number;
  /** What came until now. */
  readonly got: () => string;
  /** Waits for a line break, and gives what came before the first. */
  readonly line: () => Promise<string>;
  /** All that comes until the other end closes. */
  readonly all: () => Promise<string>;
}

/** Connects; it may still send when the other end has said all. */
export async function openClient(port: number, { to = '127.0.0.1', from, say }: Talk = {}): Promise<Client> {
  const socket = connect({ port, host: to, allowHalfOpen: true, ...(from && { localAddress: from }) });
  await once(socket, 'connect');
  socket.setEncoding('utf8');
  let got = '';
  const { promise: over, resolve } = Promise.withResolvers<void>();
  socket.on('data', (text: string) => {
    got += text;
  });
  socket.on('end', resolve);
  socket.on('close', () => resolve());
  socket.on('error', (error: NodeJS.ErrnoException) => {
    got += `[${error.code}]`;
    resolve();
  });
  if (say !== undefined) socket.write(say);
  const ownPort = socket.localPort ?? 0;
  return {
    socket,
    port: ownPort,
    got: () => got,
    line: async () => {
      let isOver = false;
      void over.then(() => {
        isOver = true;
      });
      while (!got.includes('\n') && !isOver) await Promise.race([nextData(socket), over]);
      return got.split('\n')[0] ?? '';
    },
    all: async () => {
      await over;
      socket.destroy();
      return got;
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** Not `once` of node:events, which throws where the connection breaks off. */
function nextData(socket: Socket): Promise<void> {
  return new Promise((done) => socket.once('data', () => done()));
}
