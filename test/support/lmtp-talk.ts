import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import process from 'node:process';

/** One answer of a server, of one line or several. */
export interface Answer {
  readonly code: number;
  /** Of RFC 3463, where it has one. */
  readonly status: string;
  readonly lines: readonly string[];
}

/** The other end of an LMTP server, byte by byte. */
export interface LmtpTalk extends Disposable {
  readonly socket: Socket;
  /** Sends text, one character a byte, or bytes, and waits for nothing. */
  readonly send: (text: string | Uint8Array) => void;
  /** The next answer. Throws when the server is gone. */
  readonly answer: () => Promise<Answer>;
  /** The codes and statuses of so many answers: `250 2.1.5`. */
  readonly answers: (count: number) => Promise<readonly string[]>;
  /** Sends a line and gives its answer in short. */
  readonly ask: (line: string) => Promise<string>;
  /** Resolves when the server has closed. */
  readonly closed: Promise<unknown>;
}

export type LmtpPlace = { readonly path: string } | { readonly port: number; readonly host: string };

/** Connects; `as` is who the server is told that we are. */
export async function talkLmtp(
  place: LmtpPlace,
  as?: { readonly uid: number; readonly gid: number },
): Promise<LmtpTalk> {
  const socket = as === undefined ? connect(optionsOf(place)) : connectAs(place, as);
  let text = '';
  let isClosed = false;
  let wake = (): void => {};
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    text += piece;
    wake();
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      isClosed = true;
      wake();
      resolve();
    });
  });
  await once(socket, 'connect');
  socket.on('error', () => {});
  const answer = async (): Promise<Answer> => {
    for (;;) {
      const found = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r\n/u.exec(text);
      if (found !== null) {
        text = text.slice(found[0].length);
        return parseAnswer(found[0]);
      }
      if (isClosed) throw new Error(`the server is gone, and said '${text}'`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const send = (what: string | Uint8Array): void => {
    socket.write(typeof what === 'string' ? Buffer.from(what, 'latin1') : what);
  };
  const short = ({ code, status }: Answer) => `${code} ${status}`.trim();
  return {
    socket,
    send,
    answer,
    answers: async (count) => {
      const found: string[] = [];
      while (found.length < count) found.push(short(await answer()));
      return found;
    },
    ask: async (line) => {
      send(`${line}\r\n`);
      return short(await answer());
    },
    closed,
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** A session that has said who it is. */
export async function greetLmtp(place: LmtpPlace): Promise<LmtpTalk> {
  const talk = await talkLmtp(place);
  await talk.answers(1);
  await talk.ask('LHLO client.example');
  return talk;
}

/** The words of a session from MAIL to DATA. */
export function envelopeWords(recipients: readonly string[], sender = 'alice@example.org'): string {
  const all = [`MAIL FROM:<${sender}>`, ...recipients.map((each) => `RCPT TO:<${each}>`), 'DATA'];
  return all.map((line) => `${line}\r\n`).join('');
}

/** A message as it goes over the wire, with its end. */
export function stuff(message: string): string {
  const dotted = message.replace(/(^|\r\n)\./gu, '$1..');
  return `${dotted}${message.endsWith('\r\n') || message === '' ? '' : '\r\n'}.\r\n`;
}

function parseAnswer(text: string): Answer {
  const lines = text.trimEnd().split('\r\n');
  const last = lines.at(-1) ?? '';
  return {
    code: Number(last.slice(0, 3)),
    status: /^\d{3} (\d\.\d+\.\d+)/u.exec(last)?.[1] ?? '',
    lines: lines.map((line) => line.slice(4)),
  };
}

/** The kernel takes down who connects as it connects, which Node does at once. */
function connectAs(place: LmtpPlace, { uid, gid }: { readonly uid: number; readonly gid: number }): Socket {
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    return connect(optionsOf(place));
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

/** Those alone, for a place may be more than that. */
function optionsOf(place: LmtpPlace): LmtpPlace {
  return 'path' in place ? { path: place.path } : { port: place.port, host: place.host };
}
