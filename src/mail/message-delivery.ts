import { MailboxDelivery, requireRoom } from '../engine/maildir/mailbox-delivery.ts';
import { hasDeliveredTo } from './decide-loop.ts';
import type { DeliveryOptions } from './delivery-options.ts';
import { explainDeliveryError } from './explain-delivery-error.ts';
import { FromQuoter } from './from-quoter.ts';
import type { DeliveryResult } from './mail-types.ts';
import type { MailboxDoor } from './mailbox-door.ts';
import { findNewline, renderTraceLines } from './render-trace-lines.ts';

/** One copy of a message: for whom, and into what. */
export interface Copy {
  /** As it was given: what Delivered-To says. */
  readonly address: string;
  readonly door: MailboxDoor;
}

export interface MessageContext extends DeliveryOptions {
  /** Without angle brackets. */
  readonly sender: string;
  /** A name for a file that nobody has. */
  readonly nameFile: () => string;
}

/** A message up to this size is held whole; of a longer one this much is looked at for a loop. */
export const blockBytes = 256 * 1024;

/** Puts a whole message into one mailbox after the other: one failure is no other's. */
export function deliverWhole(
  context: MessageContext,
  copies: readonly Copy[],
  message: Uint8Array,
): readonly DeliveryResult[] {
  const beginning = lookAt(message);
  const parts = quoteWhole(context, message);
  return copies.map(({ address, door }) => {
    if (hasDeliveredTo(beginning.header, address)) return loop;
    const trace = renderTraceLines(context.sender, address, beginning.newline);
    const bytes = [trace, ...parts].reduce((sum, part) => sum + part.length, 0);
    try {
      return door.enter((place) => {
        const delivery = new MailboxDelivery(place, bytes, context.nameFile);
        return settle(delivery, () => {
          delivery.write([trace, ...parts]);
          return { type: 'delivered', path: delivery.commit() };
        });
      });
    } catch (error) {
      return explainDeliveryError(error);
    }
  });
}

/** The same for a message that comes in pieces: each is written to every mailbox before the next is taken. */
export class PiecewiseDelivery {
  readonly #copies: CopyUnderWay[];
  readonly #quoter: FromQuoter | undefined;

  /** `first` is the first block of the message. */
  constructor(context: MessageContext, copies: readonly Copy[], first: Uint8Array) {
    const beginning = lookAt(first);
    this.#quoter = context.quoteFrom ? new FromQuoter() : undefined;
    this.#copies = copies.map((copy) =>
      hasDeliveredTo(beginning.header, copy.address)
        ? { door: copy.door, state: loop }
        : beginCopy(context, copy, beginning.newline),
    );
    this.write(first);
  }

  write(piece: Uint8Array): void {
    this.#writeAll(this.#quoter?.push(piece) ?? [piece]);
  }

  /** One result for each copy. */
  finish(): readonly DeliveryResult[] {
    if (this.#quoter !== undefined) this.#writeAll(this.#quoter.end());
    for (const copy of this.#copies)
      onward(copy, (delivery) => ({ type: 'delivered', path: delivery.commit() }));
    return this.#copies.map(({ state }) => {
      if (state instanceof MailboxDelivery) throw new Error('a delivery has no end');
      return state;
    });
  }

  /** The message does not come to its end: nobody gets anything of it. */
  discard(): void {
    for (const copy of this.#copies) {
      onward(copy, (delivery) => {
        delivery.discard();
        return undefined;
      });
    }
  }

  #writeAll(parts: readonly Uint8Array[]): void {
    for (const copy of this.#copies) {
      onward(copy, (delivery) => {
        delivery.write(parts);
        return undefined;
      });
    }
  }
}

/** Why a message of `bytes` would not fit into the mailbox now; undefined when it would. */
export function findOverQuota(
  door: MailboxDoor,
  bytes: number,
  nameFile: () => string,
): DeliveryResult | undefined {
  try {
    door.enter((place) => requireRoom(place, bytes, nameFile));
    return undefined;
  } catch (error) {
    return explainDeliveryError(error);
  }
}

interface CopyUnderWay {
  readonly door: MailboxDoor;
  state: MailboxDelivery | DeliveryResult;
}

const loop: DeliveryResult = {
  type: 'refused',
  status: '5.4.6',
  why: 'the message has been delivered to this address before: mail goes round in a loop',
};

function beginCopy(
  { sender, nameFile }: MessageContext,
  { address, door }: Copy,
  newline: '\n' | '\r\n',
): CopyUnderWay {
  const trace = renderTraceLines(sender, address, newline);
  try {
    const state = door.enter((place) => {
      const delivery = new MailboxDelivery(place, blockBytes, nameFile);
      return settle(delivery, () => {
        delivery.write([trace]);
        return delivery;
      });
    });
    return { door, state };
  } catch (error) {
    return { door, state: explainDeliveryError(error) };
  }
}

/** Goes on with a copy that has no result yet; what `step` gives is its result. */
function onward(copy: CopyUnderWay, step: (delivery: MailboxDelivery) => DeliveryResult | undefined): void {
  const { door, state } = copy;
  if (!(state instanceof MailboxDelivery)) return;
  try {
    copy.state = door.again(() => settle(state, () => step(state))) ?? state;
  } catch (error) {
    copy.state = explainDeliveryError(error);
  }
}

/** Does `work`, and takes the delivery back when that fails, still as the mailbox's user. */
function settle<T>(delivery: MailboxDelivery, work: () => T): T {
  try {
    return work();
  } catch (error) {
    delivery.discard();
    throw error;
  }
}

function lookAt(block: Uint8Array): { readonly header: string; readonly newline: '\n' | '\r\n' } {
  const bytes = Buffer.from(block.buffer, block.byteOffset, Math.min(block.byteLength, blockBytes));
  const ends = ['\n\n', '\n\r\n'].map((end) => bytes.indexOf(end)).filter((end) => end !== -1);
  return {
    header: bytes.toString('latin1', 0, Math.min(bytes.length, ...ends)),
    newline: findNewline(block),
  };
}

function quoteWhole({ quoteFrom }: MessageContext, message: Uint8Array): readonly Uint8Array[] {
  if (!quoteFrom) return [message];
  const quoter = new FromQuoter();
  return [...quoter.push(message), ...quoter.end()];
}
