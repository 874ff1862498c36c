import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';

/** A server that answers what it is told to, whatever it is asked. */
export interface ScriptedLmtp extends AsyncDisposable {
  readonly received: () => string;
}

/**
 * Listens at `path`: says the first of `answers` at once, and each other when a line came, or behind DATA a message. `close` in
 * place of an answer ends the connection.
 */
export async function startScriptedLmtp(path: string, answers: readonly string[]): Promise<ScriptedLmtp> {
  let received = '';
  const server = createServer((socket) => {
    const left = [...answers];
    let isData = false;
    const say = (): void => {
      const next = left.shift();
      if (next === 'close' || next === undefined) socket.destroy();
      else {
        isData = next.startsWith('354');
        socket.write(`${next}\r\n`);
      }
    };
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      received += piece.toString('latin1');
      text += piece.toString('latin1');
      for (;;) {
        const mark = isData ? '\r\n.\r\n' : '\r\n';
        const end = text.indexOf(mark);
        if (end === -1) return;
        text = text.slice(end + mark.length);
        say();
      }
    });
    say();
  });
  server.listen(path);
  await once(server, 'listening');
  chmodSync(path, 0o666);
  return {
    received: () => received,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
