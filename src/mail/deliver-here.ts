import type { DeliveryOptions } from './delivery-options.ts';
import type { DeliveryResult, Envelope } from './mail-types.ts';
import { doorOf, doorOfSelf } from './mailbox-door.ts';
import {
  blockBytes,
  type Copy,
  deliverWhole,
  type MessageContext,
  PiecewiseDelivery,
} from './message-delivery.ts';
import { makeThreadNamer } from './thread-namer.ts';

/** Gives a message piece by piece; undefined at its end. */
export type ReadPiece = () => Uint8Array | undefined;

/**
 * Delivers on the calling thread, which is root's: one result for each recipient, in their order. Throws only what `read`
 * throws; nobody has anything of the message then.
 */
export function deliverHere(
  { sender, recipients }: Envelope,
  read: ReadPiece,
  options: DeliveryOptions = {},
): readonly DeliveryResult[] {
  const copies = recipients.map(({ address, mailbox }) => ({ address, door: doorOf(mailbox) }));
  return deliver(contextFor(sender, options), copies, read);
}

/**
 * Delivers into the `Maildir` of `home`, a path of what this process sees, for a process that is its user.
 * Throws only what `read` throws.
 */
export function deliverAsSelf(
  { sender, address, home }: { readonly sender: string; readonly address: string; readonly home: string },
  read: ReadPiece,
  options: DeliveryOptions = {},
): DeliveryResult {
  const uid = process.geteuid?.();
  if (uid === undefined) throw new Error('a process has a user');
  const copies = [{ address, door: doorOfSelf(home, uid) }];
  const [result] = deliver(contextFor(sender, options), copies, read);
  if (result === undefined) throw new Error('one copy has one result');
  return result;
}

function contextFor(sender: string, options: DeliveryOptions): MessageContext {
  return { ...options, sender, nameFile: makeThreadNamer() };
}

function deliver(
  context: MessageContext,
  copies: readonly Copy[],
  read: ReadPiece,
): readonly DeliveryResult[] {
  const { block, isAll } = readBlock(read);
  if (isAll) return deliverWhole(context, copies, block);
  const delivery = new PiecewiseDelivery(context, copies, block);
  try {
    for (let piece = read(); piece !== undefined; piece = read()) delivery.write(piece);
  } catch (error) {
    delivery.discard();
    throw error;
  }
  return delivery.finish();
}

function readBlock(read: ReadPiece): { readonly block: Uint8Array; readonly isAll: boolean } {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  while (bytes <= blockBytes) {
    const piece = read();
    if (piece === undefined) return { block: Buffer.concat(pieces), isAll: true };
    // The caller may use its memory again for the next piece.
    pieces.push(piece.slice());
    bytes += piece.length;
  }
  return { block: Buffer.concat(pieces), isAll: false };
}
