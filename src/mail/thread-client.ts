import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FromThread, ThreadBeginning, ToThread } from './delivery-messages.ts';
import type { DeliveryResult } from './mail-types.ts';

/** Beside this file, whether it is a source or was built. */
const threadFile = () => `${import.meta.dirname}/delivery-thread${extname(import.meta.filename)}`;

/** The thread ended before it answered: what became of the message nobody knows. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
}

export interface ThreadWatch {
  /** What ended a thread: a mistake of the program. */
  readonly report: (error: unknown) => void;
  /** The thread is no more, and all its jobs have been told. */
  readonly replace: (client: ThreadClient) => void;
}

interface Job {
  readonly done: (results: readonly DeliveryResult[]) => void;
  readonly fail: (error: ThreadEnded) => void;
  /** Who waits for a piece to be written. */
  written: (() => void) | undefined;
}

/** One delivery thread, as the pool sees it. */
export class ThreadClient {
  readonly #worker: Worker;
  readonly #jobs = new Map<number, Job>();
  #isAlive = true;
  #hasBegun = false;

  constructor(beginning: ThreadBeginning, ended: ThreadWatch) {
    // Descriptors come from C, of which Node's account knows nothing.
    this.#worker = new Worker(threadFile(), {
      workerData: beginning,
      execArgv: [],
      trackUnmanagedFds: false,
    });
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    // 'exit' follows.
    this.#worker.on('error', (error) => ended.report(error));
    this.#worker.on('exit', () => {
      this.#isAlive = false;
      const jobs = [...this.#jobs.values()];
      this.#jobs.clear();
      for (const job of jobs) {
        job.fail(new ThreadEnded('the delivery thread ended'));
        job.written?.();
      }
      ended.replace(this);
    });
  }

  /** Messages it has and did not answer yet. */
  get load(): number {
    return this.#jobs.size;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** It has come to life: whatever ends it now is in what it was told. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Begins a job: gives its results. Rejects with ThreadEnded. */
  begin(
    message: Extract<ToThread, { readonly type: 'whole' | 'first' | 'room' }>,
  ): Promise<readonly DeliveryResult[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly DeliveryResult[]>();
    if (!this.#isAlive) return Promise.reject(new ThreadEnded('the delivery thread ended'));
    this.#jobs.set(message.job, { done: resolve, fail: reject, written: undefined });
    this.#post(message);
    return promise;
  }

  /** Says more about a job that has begun. */
  say(message: Exclude<ToThread, { readonly type: 'whole' | 'first' | 'room' }>): void {
    if (this.#isAlive) this.#post(message);
  }

  /** Waits until what was said last of the job is written, or the thread has ended. */
  async untilWritten(job: number): Promise<void> {
    const found = this.#jobs.get(job);
    if (found === undefined) return;
    await new Promise<void>((resolve) => {
      found.written = resolve;
    });
  }

  /** Ends it once all its jobs are done. */
  async stop(): Promise<void> {
    if (!this.#isAlive) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#worker.once('exit', () => resolve());
    this.say({ type: 'stop', job: 0 });
    await promise;
  }

  #post(message: ToThread): void {
    // A copy of the bytes alone, which then is the thread's: a piece of a larger buffer would be sent with all of it.
    if ('piece' in message) {
      const piece = new Uint8Array(message.piece);
      this.#worker.postMessage({ ...message, piece }, [piece.buffer]);
    } else if ('message' in message) {
      const bytes = new Uint8Array(message.message);
      this.#worker.postMessage({ ...message, message: bytes }, [bytes.buffer]);
    } else {
      this.#worker.postMessage(message);
    }
  }

  #receive(message: FromThread): void {
    this.#hasBegun = true;
    const job = this.#jobs.get(message.job);
    job?.written?.();
    if (job === undefined || message.type !== 'done') return;
    this.#jobs.delete(message.job);
    job.done(message.results);
  }
}
