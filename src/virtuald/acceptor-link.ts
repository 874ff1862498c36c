import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { extname } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { makePipe } from '../linux/pipe.ts';
import type { AcceptorStart, CountedService, FromAcceptor, ToAcceptor } from './acceptor-messages.ts';
import { makeBoardMemory } from './job-board.ts';
import type { StarterBeginning } from './starter-messages.ts';

/** Beside this file, whether it is a source or was built. */
const fileOf = (name: string) => `${import.meta.dirname}/${name}${extname(import.meta.filename)}`;

/** What a thread may fill before it is collected: each connection leaves a few kilobytes, and a collection takes its time. */
const youngMb = 8;

/** The accepting thread, as the others see it. */
export class AcceptorThread {
  readonly #worker: Worker;
  readonly #wakeFd: number;
  #hear: (message: FromAcceptor) => void = () => {};
  readonly #counts: ((services: readonly CountedService[]) => void)[] = [];
  /** When it and its helper have loaded all they need: from there on they get by with the descriptors they have. */
  readonly ready: Promise<unknown>;
  /** When it has stopped, as it was told to. Rejects with what is a bug in it. */
  readonly ended: Promise<void>;

  constructor(start: Omit<AcceptorStart, 'wakeFd'>) {
    const accepting = makePipe();
    const memory = makeBoardMemory();
    this.#wakeFd = accepting.writeFd;
    const { port1, port2 } = new MessageChannel();
    this.#worker = startThread('acceptor-thread', port1, {
      start: { ...start, wakeFd: accepting.readFd } satisfies AcceptorStart,
      starter: { port: port1, memory },
    });
    const beginning: StarterBeginning = {
      start: { ...start, handOver: start.secondHandOver },
      memory,
      answerFd: accepting.writeFd,
    };
    const starter = startThread('starter-thread', port2, { beginning, port: port2 });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const loaded = [this.#worker, starter].map((worker) => once(worker, 'message'));
    let isStopped = false;
    this.#worker
      .on('message', (message: FromAcceptor) => {
        if (message.type === 'stopped') isStopped = true;
        this.#receive(message);
      })
      .on('error', reject)
      .on('exit', () => (isStopped ? resolve() : reject(new Error('the accepting thread ended early'))));
    starter.on('error', reject);
    // It sleeps until it has a job, and has none any more.
    this.ended = promise.finally(() => starter.terminate());
    // Heard where it is waited for.
    this.ended.catch(() => {});
    // Thrown there too.
    this.ready = Promise.race([Promise.all(loaded), this.ended]);
    this.ready.catch(() => {});
  }

  onMessage(hear: (message: FromAcceptor) => void): void {
    this.#hear = hear;
  }

  say(message: ToAcceptor): void {
    this.#worker.postMessage(message);
    writeSync(this.#wakeFd, '.');
  }

  /** What it has counted so far. */
  count(): Promise<readonly CountedService[]> {
    const { promise, resolve } = Promise.withResolvers<readonly CountedService[]>();
    this.#counts.push(resolve);
    this.say({ type: 'count' });
    return promise;
  }

  #receive(message: FromAcceptor): void {
    if (message.type === 'counts') this.#counts.shift()?.(message.services);
    else this.#hear(message);
  }
}

function startThread(name: string, port: MessagePort, workerData: Readonly<Record<string, unknown>>): Worker {
  // Descriptors come from C, of which Node's account knows nothing.
  return new Worker(fileOf(name), {
    workerData,
    transferList: [port],
    execArgv: [],
    trackUnmanagedFds: false,
    resourceLimits: { maxYoungGenerationSizeMb: youngMb },
  });
}
