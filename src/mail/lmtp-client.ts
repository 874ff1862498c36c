import { connect, type Socket } from 'node:net';
import { escapeLines } from '../errors/escape-lines.ts';
import { getPeerCredentials } from '../linux/peer-credentials.ts';
import type { Outcome } from './decide-exit-status.ts';
import { DataEncoder } from './encode-data.ts';
import { FromQuoter } from './from-quoter.ts';
import type { EnhancedStatus } from './mail-types.ts';
import { BrokenMessage } from './open-message.ts';
import { parseReplyLine, type Reply } from './parse-reply.ts';

export interface Handover {
  /** The UNIX socket of virtmaild. */
  readonly socket: string;
  /** Empty for a bounce. */
  readonly sender: string;
  readonly recipient: string;
  readonly quoteFrom: boolean;
  /** Gives the message piece by piece, each good until the next is asked for; undefined at its end. */
  readonly read: () => Uint8Array | undefined;
}

/**
 * Hands one message for one recipient to virtmaild by LMTP (RFC 2033), once it is known that root listens there: of anyone else the
 * message would be read, and lost. Delivered and refused is only what virtmaild itself said of this recipient; whatever
 * else happens, a reply that is none included, is for later. Never rejects, but with what is no fault of the
 * connection nor of the message.
 */
export async function handOver({
  socket: path,
  sender,
  recipient,
  quoteFrom,
  read,
}: Handover): Promise<Outcome> {
  let session: Session | undefined;
  try {
    session = await Session.open(path);
    return await session.send(sender, recipient, quoteFrom ? quoted(read) : read);
  } catch (error) {
    if (error instanceof Ended) return error.outcome;
    if (error instanceof BrokenMessage) return later('4.3.0', error.message);
    throw error;
  } finally {
    session?.close();
  }
}

function quoted(read: () => Uint8Array | undefined): () => Uint8Array | undefined {
  const quoter = new FromQuoter();
  let isOver = false;
  return () => {
    if (isOver) return undefined;
    const piece = read();
    isOver = piece === undefined;
    return Buffer.concat(piece === undefined ? quoter.end() : quoter.push(piece));
  };
}

/** The session is over, with this for the message. */
class Ended extends Error {
  override readonly name = 'Ended';
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super(outcome.type);
    this.outcome = outcome;
  }
}

/** What a server may take to answer: more than the five minutes of RFC 5321, 4.5.3.2. */
const patienceMs = 600_000;

/** Longer than any reply of a server that speaks LMTP. */
const longestReply = 65_536;

class Session {
  readonly #socket: Socket;
  readonly #path: string;
  #received = '';
  #over: string | undefined;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket, path: string) {
    this.#socket = socket;
    this.#path = path;
    socket.setTimeout(patienceMs, () => this.#end('it did not answer in time'));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.#received += text;
      if (this.#received.length > longestReply) this.#end('it sends more than a reply has');
      this.#wake?.();
    });
    socket.on('drain', () => this.#wake?.());
    socket.on('error', (error: NodeJS.ErrnoException) => this.#end(explain(error)));
    socket.on('close', () => this.#end('it closed the connection'));
  }

  static async open(path: string): Promise<Session> {
    const session = new Session(connect({ path }), path);
    await session.#until(() => !session.#socket.connecting);
    session.#requireRoot();
    return session;
  }

  async send(sender: string, recipient: string, read: () => Uint8Array | undefined): Promise<Outcome> {
    this.#require(await this.#reply(), 220, 'greeting');
    const offers = await this.#ask('LHLO localhost');
    this.#require(offers, 250, 'LHLO');
    const offered = (name: string) => new RegExp(`(?:^|\\n)${name}(?:[ \\n]|$)`, 'iu').test(offers.text);
    const isPlain = /^[\x20-\x7e]*$/u.test(sender + recipient);
    if (!isPlain && !offered('SMTPUTF8'))
      throw new Ended(later('4.6.7', `${this.#who()} takes no address beyond ASCII`));
    const body = offered('8BITMIME') ? ' BODY=8BITMIME' : '';
    const from = await this.#ask(`MAIL FROM:<${sender}>${body}${isPlain ? '' : ' SMTPUTF8'}`);
    this.#require(from, 250, 'MAIL');
    const to = await this.#ask(`RCPT TO:<${recipient}>`);
    if (isOfRecipient(to)) return decide(to);
    if (to.code !== 250 && to.code !== 251) throw new Ended(this.#notNow(to, 'RCPT'));
    this.#require(await this.#ask('DATA'), 354, 'DATA');
    await this.#sendData(read);
    const answer = await this.#reply();
    if (answer.code === 250) return { type: 'delivered' };
    if (isOfRecipient(answer)) return decide(answer);
    throw new Ended(this.#notNow(answer, 'the message'));
  }

  close(): void {
    // Without the dot behind it, what was sent of a message is none.
    if (!this.#socket.destroyed && this.#over === undefined) this.#socket.end('QUIT\r\n');
    this.#socket.destroySoon();
  }

  #requireRoot(): void {
    const fd = (this.#socket as Socket & { readonly _handle?: { readonly fd?: number } })._handle?.fd;
    const uid = fd === undefined ? undefined : getPeerCredentials(fd).uid;
    if (uid === 0) return;
    this.#socket.destroy();
    throw new Ended(
      later(
        '4.7.0',
        `not root listens at ${this.#path}, but ${uid === undefined ? 'somebody' : `uid ${uid}`}`,
      ),
    );
  }

  async #sendData(read: () => Uint8Array | undefined): Promise<void> {
    const encoder = new DataEncoder();
    try {
      for (let piece = read(); piece !== undefined; piece = read()) {
        if (!this.#socket.write(encoder.encode(piece)))
          await this.#until(() => !this.#socket.writableNeedDrain);
        else await this.#breathe();
      }
    } catch (error) {
      // The dot must not follow, nor anything that could be taken for it.
      this.#socket.destroy();
      throw error;
    }
    this.#socket.write(encoder.end());
  }

  /** Lets the connection say that it is over, while reading keeps the thread to itself. */
  async #breathe(): Promise<void> {
    await new Promise(setImmediate);
    if (this.#over !== undefined) throw new Ended(this.#lost());
  }

  #ask(command: string): Promise<Reply> {
    this.#socket.write(`${command}\r\n`);
    return this.#reply();
  }

  async #reply(): Promise<Reply> {
    const lines: Reply[] = [];
    for (;;) {
      await this.#until(() => this.#received.includes('\n'));
      const end = this.#received.indexOf('\n');
      const line = this.#received.slice(0, end).replace(/\r$/u, '');
      this.#received = this.#received.slice(end + 1);
      const parsed = parseReplyLine(line);
      if (parsed === undefined)
        throw new Ended(
          later('4.5.0', `${this.#who()} says '${escapeLines(line).slice(0, 200)}', which is no reply`),
        );
      lines.push(parsed.reply);
      if (parsed.isLast) return { ...parsed.reply, text: lines.map(({ text }) => text).join('\n') };
    }
  }

  /** Waits until it is so. Throws Ended where the connection ends before. */
  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#over !== undefined) throw new Ended(this.#lost());
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      if (this.#socket.connecting) this.#socket.once('connect', resolve);
      await promise;
    }
    // A connection that never was has nobody connecting any more either.
    if (this.#over !== undefined && !this.#received.includes('\n')) throw new Ended(this.#lost());
  }

  #end(why: string): void {
    this.#over ??= why;
    this.#socket.destroy();
    this.#wake?.();
  }

  #require(reply: Reply, code: number, of: string): void {
    if (reply.code === code) return;
    // The one thing besides a recipient that is decided of a message: it is too big for ever.
    if (reply.status === '5.3.4' && reply.code === 552)
      throw new Ended({ type: 'refused', status: '5.3.4', why: oneLine(reply) });
    throw new Ended(this.#notNow(reply, of));
  }

  #notNow(reply: Reply, of: string): Outcome {
    const status = reply.status?.startsWith('4') ? reply.status : '4.3.0';
    return later(status, `${this.#who()} answers ${of} with ${reply.code} ${oneLine(reply)}`);
  }

  #lost(): Outcome {
    return later('4.4.2', `cannot hand the message to ${this.#who()}: ${this.#over}`);
  }

  #who(): string {
    return `virtmaild at ${this.#path}`;
  }
}

/** Whether it is a refusal of this recipient: 500 to 504 speak of a command, and 421 of the server (RFC 5321, 4.2.3). */
function isOfRecipient({ code }: Reply): boolean {
  return (code >= 400 && code !== 421 && code < 500) || (code >= 550 && code < 560);
}

function decide(reply: Reply): Outcome {
  const type = reply.code >= 500 ? 'refused' : 'later';
  return { type, status: reply.status ?? (type === 'refused' ? '5.0.0' : '4.0.0'), why: oneLine(reply) };
}

function oneLine({ text }: Reply): string {
  return escapeLines(text.replaceAll('\n', ' ')).slice(0, 400);
}

function later(status: EnhancedStatus, why: string): Outcome {
  return { type: 'later', status, why };
}

function explain(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no such socket; start it: systemctl start virtmaild';
  if (error.code === 'ECONNREFUSED') return 'nobody listens there; start it: systemctl start virtmaild';
  if (error.code === 'EACCES')
    return 'the socket is not for this user: socket-group and trusted-users in virtmaild.toml say for whom it is';
  return escapeLines(error.message);
}
