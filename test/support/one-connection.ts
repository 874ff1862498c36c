import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import process from 'node:process';

export interface OneConnection {
  /** The words that serve it. */
  readonly words: readonly string[];
  /** Where it listens; `127.0.0.1`. */
  readonly listen?: string;
  /** What the client connects to; where it listens. */
  readonly to?: string;
  /** What the client sends at once; then it says that nothing follows. */
  readonly say?: string;
  /** Standard error: the client's socket, as with inetd, or a pipe, as with tcpserver. */
  readonly errors?: 'client' | 'pipe';
  readonly env?: Readonly<Record<string, string>>;
}

export interface Served {
  /** All the client got. */
  readonly got: string;
  readonly status: number | NodeJS.Signals | null;
  /** What came on standard error, where that was a pipe. */
  readonly err: string;
  readonly clientPort: number;
}

/** Accepts one connection of a client of its own, and hands it to a program as inetd does, as 0, 1 and 2. */
export async function serveOne({
  words,
  listen = '127.0.0.1',
  to = listen,
  say = '',
  errors = 'client',
  env = {},
}: OneConnection): Promise<Served> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, listen);
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect(port, to);
  await once(client, 'connect');
  const clientPort = client.localPort ?? 0;
  const [socket] = await accepted;
  server.close();
  const child = start(words, socket, errors, env);
  socket.destroy();
  client.end(say);
  const [got, err, status] = await Promise.all([readAll(client), readAll(child.stderr), endOf(child)]);
  return { got, status, err, clientPort };
}

function start(
  words: readonly string[],
  socket: Socket,
  errors: 'client' | 'pipe',
  env: NodeJS.ProcessEnv,
): ChildProcess {
  const [program = '', ...args] = words;
  return spawn(program, args, {
    stdio: [socket, socket, errors === 'client' ? socket : 'pipe'],
    env: { PATH: process.env.PATH, VIRTFS_CONFIG_DIR: '/nonexistent', ...env },
  });
}

async function readAll(stream: NodeJS.ReadableStream | null): Promise<string> {
  const parts: Buffer[] = [];
  if (stream === null) return '';
  try {
    for await (const part of stream) parts.push(Buffer.from(part));
  } catch (error) {
    parts.push(Buffer.from(`[${Error.isError(error) ? error.message : String(error)}]`));
  }
  return Buffer.concat(parts).toString();
}

async function endOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return status ?? signal;
}
