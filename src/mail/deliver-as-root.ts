import type { Outcome } from './decide-exit-status.ts';
import { hasDeliveredTo } from './decide-loop.ts';
import { decideRecipient } from './decide-recipient.ts';
import type { Decision } from './decision.ts';
import { deliverHere, type ReadPiece } from './deliver-here.ts';
import type { Forwarder } from './forward-message.ts';
import type { DeliveryResult } from './mail-types.ts';
import { openMailView } from './open-mail-view.ts';

export interface RootDelivery {
  readonly roots: readonly string[];
  /** Empty for a bounce. */
  readonly sender: string;
  readonly recipient: string;
  /** What Delivered-To says, where it is not the recipient. */
  readonly deliveredTo: string | undefined;
  readonly quoteFrom: boolean;
  readonly read: ReadPiece;
  /** Asked for only when something goes to other hosts. */
  readonly findForwarder: () => Promise<Forwarder>;
}

export interface RootDelivered {
  readonly decision: Decision;
  readonly outcome: Outcome;
  /** Of each mailbox, and last of what goes to other hosts; empty where nothing was tried. */
  readonly results: readonly DeliveryResult[];
}

/**
 * Decides where one message goes, and delivers it: on this thread, which is root's. Throws only what `read` and
 * `findForwarder` throw, and what is a bug; nobody has the message then.
 */
export async function deliverAsRoot(delivery: RootDelivery): Promise<RootDelivered> {
  using view = openMailView({ roots: delivery.roots });
  const decision = decideRecipient(delivery.recipient, view);
  const { result } = decision;
  if (result.type !== 'mailboxes') return { decision, outcome: result, results: [] };
  const results = await deliverAll(delivery, result);
  return { decision, outcome: decideOutcome(results), results };
}

type Mailboxes = Extract<Decision['result'], { readonly type: 'mailboxes' }>;

async function deliverAll(delivery: RootDelivery, found: Mailboxes): Promise<readonly DeliveryResult[]> {
  const { sender, deliveredTo, quoteFrom, read } = delivery;
  const recipients = found.recipients.map((each) => ({ ...each, address: deliveredTo ?? each.address }));
  if (found.forwards.length === 0) return deliverHere({ sender, recipients }, read, { quoteFrom });
  const { MessageSpool } = await import('./message-spool.ts');
  using spool = new MessageSpool();
  const { beginning, rest } = readBeginning(read);
  if (hasDeliveredTo(beginning, delivery.recipient))
    return [{ type: 'refused', status: '5.4.6', why: 'the mail goes in a circle' }];
  const kept: ReadPiece = () => {
    const piece = rest();
    if (piece !== undefined) spool.write(piece);
    return piece;
  };
  const own = recipients.length === 0 ? [] : deliverHere({ sender, recipients }, kept, { quoteFrom });
  // Its sender will try again, and all of it.
  if (own.some(({ type }) => type === 'later')) return own;
  // What nobody here took was not read to its end.
  while (kept() !== undefined);
  const { forwardMessage } = await import('./forward-message.ts');
  const forwarded = await forwardMessage(await delivery.findForwarder(), {
    sender,
    deliveredTo: delivery.recipient,
    addresses: found.forwards,
    body: () => spool.read(),
    lineEnd: /^[^\n]*\r\n/u.test(beginning) ? '\r\n' : '\n',
  });
  return [...own, forwarded];
}

/** Where the header is, one character a byte; `rest` gives the whole message all the same. */
function readBeginning(read: ReadPiece): { readonly beginning: string; readonly rest: ReadPiece } {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let isAll = false;
  while (bytes < headerBytes && !isAll) {
    const piece = read();
    isAll = piece === undefined;
    // Its memory is used again for the next.
    if (piece !== undefined) pieces.push(Buffer.from(piece));
    bytes += piece?.length ?? 0;
  }
  const beginning = Buffer.concat(pieces).toString('latin1');
  return { beginning, rest: () => pieces.shift() ?? (isAll ? undefined : readOn()) };

  function readOn(): Uint8Array | undefined {
    const piece = read();
    isAll = piece === undefined;
    return piece;
  }
}

const headerBytes = 256 * 1024;

function decideOutcome(results: readonly DeliveryResult[]): Outcome {
  const trouble =
    results.find(({ type }) => type === 'later') ?? results.find(({ type }) => type === 'refused');
  return trouble === undefined || trouble.type === 'delivered' ? { type: 'delivered' } : trouble;
}
