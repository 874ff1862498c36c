import { chmodSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { isErrno } from '../errors/virtfs-error.ts';
import { describeMetrics } from './describe-metrics.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Answers GET /status (JSON) and GET /metrics (Prometheus) on a UNIX socket for root alone. Resolves to undefined, and says
 * why, where that cannot be: connections are served without it.
 */
export async function openStatusServer(
  path: string,
  ask: () => Promise<Snapshot>,
  warn: (text: string) => void,
): Promise<Server | undefined> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    if (await answers(path)) {
      warn(`no status at ${path}: another virtuald has it; give this one a --status-socket of its own`);
      return undefined;
    }
    const old = lstatSync(path, { throwIfNoEntry: false });
    if (old !== undefined && !old.isSocket()) {
      warn(`no status at ${path}: something stands there that is no socket`);
      return undefined;
    }
    removeOld(path);
    const server = createServer((request, response) => {
      void answer(request.url ?? '', ask).then(({ status, type, text }) => {
        response.writeHead(status, { 'content-type': type, connection: 'close' });
        response.end(text);
      });
    });
    await listen(server, path);
    return server;
  } catch (error) {
    warn(`no status at ${path}: ${Error.isError(error) ? error.message : String(error)}`);
    return undefined;
  }
}

async function answer(
  url: string,
  ask: () => Promise<Snapshot>,
): Promise<{ readonly status: number; readonly type: string; readonly text: string }> {
  if (url === '/status') return { status: 200, type: 'application/json', text: JSON.stringify(await ask()) };
  if (url === '/metrics') {
    return { status: 200, type: 'text/plain; version=0.0.4', text: describeMetrics(await ask()) };
  }
  return { status: 404, type: 'text/plain', text: '/status or /metrics\n' };
}

function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.on('connect', () => resolve(true));
  socket.on('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

function removeOld(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  // Nobody else may connect, not even between its being made and a change of its mode.
  const mask = process.umask(0o177);
  server.listen(path, resolve);
  process.umask(mask);
  await promise;
  chmodSync(path, 0o600);
}
