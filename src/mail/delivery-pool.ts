import type { DeliveryOptions } from './delivery-options.ts';
import { explainDeliveryError, later } from './explain-delivery-error.ts';
import type { DeliveryResult, Envelope, Mailbox } from './mail-types.ts';
import { blockBytes } from './message-delivery.ts';
import { ThreadClient, ThreadEnded, type ThreadWatch } from './thread-client.ts';

/** How long the pool waits before it starts a thread after one that could not begin. */
const pauseMs = 1000;

/**
 * Threads that put messages into mailboxes, each as the mailbox's user. A message goes to the thread with the fewest; one that
 * is not large is sent there whole, a larger one block by block, the next when the last is written. A thread that ends is
 * replaced, and its messages are told to come again.
 */
export class DeliveryPool {
  readonly #options: DeliveryOptions;
  readonly #watch: ThreadWatch;
  readonly #wanted: number;
  readonly #threads = new Set<ThreadClient>();
  readonly #underWay = new Set<Promise<unknown>>();
  #jobs = 0;
  #isClosed = false;
  #restart: NodeJS.Timeout | undefined;

  /** `report` is told what ended a thread, a mistake of the program: for the log. */
  constructor(
    threads: number,
    options: DeliveryOptions = {},
    report: (error: unknown) => void = () => undefined,
  ) {
    this.#options = options;
    this.#watch = { report, replace: (thread) => this.#replace(thread) };
    this.#wanted = threads;
    this.#fill();
  }

  /**
   * One result for each recipient, in their order. Rejects only with what `body` throws, a sender that went away: nobody
   * has anything of the message then.
   */
  deliver(envelope: Envelope, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<DeliveryResult[]> {
    return this.#keep(this.#deliver(envelope, body));
  }

  /** Why a message of `bytes` would not fit into the mailbox now (4.2.2, 5.2.2) or could not go there; else undefined. */
  findOverQuota(mailbox: Mailbox, bytes = 0): Promise<DeliveryResult | undefined> {
    return this.#keep(this.#findOverQuota(mailbox, bytes));
  }

  /** Takes no more, waits for what is under way, ends the threads. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    await Promise.allSettled(this.#underWay);
    await Promise.all([...this.#threads].map((thread) => thread.stop()));
  }

  async #deliver(
    envelope: Envelope,
    body: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<DeliveryResult[]> {
    const blocks = body instanceof Uint8Array ? oneBlock(body) : blocksOf(body);
    const { value: first = new Uint8Array(0) } = await blocks.next();
    const thread = this.#choose();
    if (thread === undefined) {
      while (!(await blocks.next()).done);
      return laterForAll(envelope, 'no delivery thread runs');
    }
    const job = this.#nextJob();
    try {
      const isAll = body instanceof Uint8Array || first.length <= blockBytes;
      if (isAll) return [...(await thread.begin({ type: 'whole', job, envelope, message: first }))];
      return [...(await sendPiecewise(thread, { job, envelope, first }, blocks))];
    } catch (error) {
      if (error instanceof ThreadEnded) return laterForAll(envelope, error.message);
      throw error;
    }
  }

  async #findOverQuota(mailbox: Mailbox, bytes: number): Promise<DeliveryResult | undefined> {
    const thread = this.#choose();
    if (thread === undefined) return later('4.3.2', 'no delivery thread runs');
    try {
      const [over] = await thread.begin({ type: 'room', job: this.#nextJob(), mailbox, bytes });
      return over;
    } catch (error) {
      return explainDeliveryError(error);
    }
  }

  #keep<T>(work: Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error('the pool is closed');
    this.#underWay.add(work);
    const forget = () => this.#underWay.delete(work);
    work.then(forget, forget);
    return work;
  }

  #nextJob(): number {
    this.#jobs += 1;
    return this.#jobs;
  }

  #choose(): ThreadClient | undefined {
    let best: ThreadClient | undefined;
    for (const thread of this.#threads) {
      if (best === undefined || thread.load < best.load) best = thread;
    }
    return best;
  }

  #fill(): void {
    while (this.#threads.size < this.#wanted) this.#threads.add(new ThreadClient(this.#options, this.#watch));
  }

  /** Threads that cannot even begin are not started without a pause. */
  #replace(ended: ThreadClient): void {
    this.#threads.delete(ended);
    if (this.#isClosed) return;
    if (ended.hasBegun) {
      this.#fill();
      return;
    }
    clearTimeout(this.#restart);
    this.#restart = setTimeout(() => this.#fill(), pauseMs);
  }
}

async function sendPiecewise(
  thread: ThreadClient,
  { job, envelope, first }: { readonly job: number; readonly envelope: Envelope; readonly first: Uint8Array },
  blocks: AsyncIterator<Uint8Array, undefined>,
): Promise<readonly DeliveryResult[]> {
  const results = thread.begin({ type: 'first', job, envelope, piece: first });
  // Until it is waited for, below, a thread that ends is no unhandled error.
  results.catch(() => undefined);
  try {
    for (;;) {
      // The next block is fetched while the last is written. All is read even if nobody is left to get it.
      const [next] = await Promise.all([blocks.next(), thread.untilWritten(job)]);
      if (next.done) break;
      thread.say({ type: 'piece', job, piece: next.value });
    }
  } catch (error) {
    thread.say({ type: 'discard', job });
    await results.catch(() => undefined);
    throw error;
  }
  thread.say({ type: 'end', job });
  return results;
}

async function* oneBlock(body: Uint8Array): AsyncGenerator<Uint8Array, undefined> {
  yield body;
}

/** The pieces of a message put together to blocks a little larger than what is sent whole; a shorter one is the last. */
async function* blocksOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    bytes += piece.length;
    if (bytes <= blockBytes) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}

function laterForAll({ recipients }: Envelope, why: string): DeliveryResult[] {
  return recipients.map(() => later('4.3.0', why));
}
