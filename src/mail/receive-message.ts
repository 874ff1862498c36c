import type { Readable } from 'node:stream';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { hasDeliveredTo } from './decide-loop.ts';
import { decideCommonReply, decideFailureReply, type LmtpReply } from './decide-reply.ts';
import type { DeliveryPool } from './delivery-pool.ts';
import { type Forwarder, forwardMessage } from './forward-message.ts';
import type { DeliveryResult, EnvelopeRecipient } from './mail-types.ts';
import { MessageSpool } from './message-spool.ts';

/** One RCPT that was accepted. */
export interface AcceptedRecipient {
  /** As it was given. */
  readonly address: string;
  /** Where its copies go on this host. */
  readonly mailboxes: readonly EnvelopeRecipient[];
  /** Where they go on others. */
  readonly forwards: readonly string[];
}

export interface Reception {
  readonly id: string;
  readonly sender: string;
  readonly recipients: readonly AcceptedRecipient[];
  readonly maxSize: number;
  readonly pool: Pick<DeliveryPool, 'deliver'>;
  readonly forwarder: Forwarder;
}

export interface Received {
  /** One for each recipient. */
  readonly replies: readonly LmtpReply[];
  /** Of each recipient, what became of each of its mailboxes, and last of its forwards if it has any. */
  readonly results: readonly (readonly DeliveryResult[])[];
  /** In bytes. */
  readonly size: number;
}

/** The client was gone before its message was whole: nobody has it, and nobody is there to be told. */
export class MessageCutShort extends Error {
  override readonly name = 'MessageCutShort';
}

/** Kept together up to here, and handed over at once; beyond, a message is handed on as it comes. */
const mostHeld = 256 * 1024;

/**
 * Reads a message to its end and delivers it to all of its recipients, large ones while they come. Throws MessageCutShort,
 * and nothing is delivered then.
 */
export async function receiveMessage(stream: Readable, reception: Reception): Promise<Received> {
  const intake = new Intake(stream, reception.maxSize);
  try {
    const head = await intake.readHead();
    return await new Reaction(reception, intake, head).run();
  } catch (error) {
    if (error instanceof MessageCutShort) throw error;
    await intake.discard();
    if (error instanceof TooLarge) {
      const why = `the message is larger than ${reception.maxSize} bytes`;
      return sameForAll(reception, { type: 'refused', status: '5.3.4', why }, intake.size);
    }
    // No room in the spool, for one.
    const why = error instanceof VirtfsError || hasCode(error) ? 'the message cannot be kept now' : undefined;
    if (why === undefined) throw error;
    return sameForAll(reception, { type: 'later', status: '4.3.1', why }, intake.size);
  }
}

class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

const cutShort = 'the client was gone before the end of its message';

/** The message as it comes in, counted. */
class Intake {
  size = 0;
  readonly #stream: Readable;
  readonly #maxSize: number;
  readonly #pieces: AsyncIterator<Uint8Array>;

  constructor(stream: Readable, maxSize: number) {
    this.#stream = stream;
    this.#maxSize = maxSize;
    // A listener of our own, for the client may go while nobody reads.
    stream.on('error', () => {});
    // What we do not read is still to be read by the session, up to the message's end.
    this.#pieces = stream.iterator({ destroyOnReturn: false });
  }

  /** All of it when it is small, else how it begins. */
  async readHead(): Promise<{ readonly bytes: Uint8Array; readonly isWhole: boolean }> {
    const pieces: Uint8Array[] = [];
    for (let held = 0; held < mostHeld; ) {
      const piece = await this.next();
      if (piece === undefined) return { bytes: Buffer.concat(pieces), isWhole: true };
      held += piece.length;
      pieces.push(piece);
    }
    return { bytes: Buffer.concat(pieces), isWhole: false };
  }

  /** Undefined at the end. Throws TooLarge, MessageCutShort. */
  async next(): Promise<Uint8Array | undefined> {
    const step = await this.#step();
    if (step.done) return this.#endOfPieces();
    this.size += step.value.length;
    if (this.size > this.#maxSize) throw new TooLarge('too large');
    return step.value;
  }

  /** Reads the rest for nothing, for no answer may come before the end. Throws MessageCutShort. */
  async discard(): Promise<void> {
    for (let step = await this.#step(); !step.done; step = await this.#step()) this.size += step.value.length;
  }

  async #step(): Promise<IteratorResult<Uint8Array>> {
    try {
      return await this.#pieces.next();
    } catch (error) {
      throw new MessageCutShort(cutShort, { cause: error });
    }
  }

  /** A stream that was closed without an error ends as well; only the session knows whether that was the message's end. */
  #endOfPieces(): undefined {
    if (!this.#stream.readableEnded) throw new MessageCutShort(cutShort);
    return undefined;
  }
}

interface Head {
  readonly bytes: Uint8Array;
  readonly isWhole: boolean;
}

/** What is done with one message. */
class Reaction {
  readonly #reception: Reception;
  readonly #intake: Intake;
  readonly #head: Head;
  /** Those it was at before. */
  readonly #looping: ReadonlySet<AcceptedRecipient>;

  constructor(reception: Reception, intake: Intake, head: Head) {
    this.#reception = reception;
    this.#intake = intake;
    this.#head = head;
    const beginning = Buffer.from(head.bytes.buffer, head.bytes.byteOffset, head.bytes.length).toString(
      'latin1',
    );
    this.#looping = new Set(
      // Without forwards nothing that leaves here can come back.
      reception.recipients.filter(
        ({ address, forwards }) => forwards.length > 0 && hasDeliveredTo(beginning, address),
      ),
    );
  }

  async run(): Promise<Received> {
    const { recipients, id } = this.#reception;
    const ofMailboxes = recipients.map((each) => (this.#looping.has(each) ? [] : each.mailboxes));
    using spool = this.#openSpool();
    const delivered = await this.#deliver(ofMailboxes.flat(), spool);
    let at = 0;
    const results: (readonly DeliveryResult[])[] = [];
    for (const [index, recipient] of recipients.entries()) {
      const count = ofMailboxes[index]?.length ?? 0;
      const own = delivered.slice(at, at + count);
      at += count;
      results.push(await this.#complete(recipient, own, spool));
    }
    return {
      results,
      replies: results.map((each) => decideCommonReply(each, id)),
      size: this.#intake.size,
    };
  }

  /** Needed where a message that is not all in memory goes to other hosts, too. */
  #openSpool(): MessageSpool | undefined {
    const forwards = this.#reception.recipients.some(
      (each) => each.forwards.length > 0 && !this.#looping.has(each),
    );
    if (!forwards || this.#head.isWhole) return undefined;
    const spool = new MessageSpool();
    spool.write(this.#head.bytes);
    return spool;
  }

  async #deliver(
    recipients: readonly EnvelopeRecipient[],
    spool: MessageSpool | undefined,
  ): Promise<readonly DeliveryResult[]> {
    const { pool, sender } = this.#reception;
    const body = this.#head.isWhole ? this.#head.bytes : this.#readOn(spool);
    const results = recipients.length === 0 ? [] : await pool.deliver({ sender, recipients }, body);
    // Deliveries that have all failed read no further.
    for (let piece = await this.#intake.next(); piece !== undefined; piece = await this.#intake.next())
      spool?.write(piece);
    return results;
  }

  async *#readOn(spool: MessageSpool | undefined): AsyncGenerator<Uint8Array> {
    yield this.#head.bytes;
    for (let piece = await this.#intake.next(); piece !== undefined; piece = await this.#intake.next()) {
      spool?.write(piece);
      yield piece;
    }
  }

  async #complete(
    recipient: AcceptedRecipient,
    own: readonly DeliveryResult[],
    spool: MessageSpool | undefined,
  ): Promise<readonly DeliveryResult[]> {
    if (this.#looping.has(recipient))
      return [{ type: 'refused', status: '5.4.6', why: 'the mail goes in a circle' }];
    if (recipient.forwards.length === 0) return own;
    // Its sender will try again, and all of it.
    if (own.some(({ type }) => type === 'later')) return own;
    const { bytes } = this.#head;
    const forwarded = await forwardMessage(this.#reception.forwarder, {
      sender: this.#reception.sender,
      deliveredTo: recipient.address,
      addresses: recipient.forwards,
      body: () => spool?.read() ?? [bytes],
      lineEnd: endsFirstLineWithCr(bytes) ? '\r\n' : '\n',
    });
    return [...own, forwarded];
  }
}

function endsFirstLineWithCr(bytes: Uint8Array): boolean {
  const end = bytes.indexOf(0x0a);
  return end > 0 && bytes[end - 1] === 0x0d;
}

function sameForAll(
  { recipients }: Reception,
  result: Exclude<DeliveryResult, { readonly type: 'delivered' }>,
  size: number,
): Received {
  return {
    results: recipients.map(() => [result]),
    replies: recipients.map(() => decideFailureReply(result.status, result.why)),
    size,
  };
}

function hasCode(error: unknown): boolean {
  return Error.isError(error) && 'code' in error;
}
