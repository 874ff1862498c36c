import type { IpAddress } from '../domain/ip-address.ts';
import type { StartedChild } from '../linux/call-list.ts';
import type { Connection, Endpoint } from './connection.ts';

/** One service to be started for one connection. */
export interface StartJob {
  /** Which starter: see `ServiceStarter.id`. */
  readonly starter: number;
  readonly fd: number;
  readonly connection: Connection;
}

/** Jobs that may lie there at once: one in work, and two so that the next is there when it is done. */
const slots = 3;

/** Numbers of a slot, and then the bytes of two addresses. */
const field = {
  state: 0,
  starter: 1,
  fd: 2,
  localPort: 3,
  peerPort: 4,
  localSize: 5,
  peerSize: 6,
  pid: 7,
  pidfd: 8,
};
const numbersOfSlot = 16;
const bytesOfAddress = 48;
const state = { free: 0, posted: 1, done: 2, failed: 3 };

/** How often something was posted, at the very beginning: what the other thread sleeps on. */
const head = 1;

/** Memory for a board, to be given to both threads. */
export function makeBoardMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * head + slots * (4 * numbersOfSlot + 2 * bytesOfAddress));
}

/**
 * Where one thread lays jobs for another, which does them in order: memory both see, for a message would cost a large part
 * of what a start costs.
 */
export class JobBoard {
  readonly #numbers: Int32Array;
  readonly #bytes: Buffer;
  #next = 0;

  constructor(memory: SharedArrayBuffer) {
    const size = head + slots * numbersOfSlot;
    this.#numbers = new Int32Array(memory, 0, size);
    this.#bytes = Buffer.from(memory, 4 * size);
  }

  /** For the thread that gives: lays down a job; undefined when there is no room, or else the place of its answer. */
  post({ starter, fd, connection }: StartJob): number | undefined {
    const slot = this.#next;
    if (this.#get(slot, field.state) !== state.free) return undefined;
    this.#next = (slot + 1) % slots;
    this.#set(slot, field.starter, starter);
    this.#set(slot, field.fd, fd);
    this.#putEnd(slot, 0, connection.local);
    this.#putEnd(slot, 1, connection.peer);
    this.#set(slot, field.state, state.posted);
    Atomics.add(this.#numbers, 0, 1);
    Atomics.notify(this.#numbers, 0);
    return slot;
  }

  /** For the thread that gives: what came of a job, and then its place is free; `failed` says that a message tells why. */
  takeAnswer(slot: number): StartedChild | 'failed' | undefined {
    const found = this.#get(slot, field.state);
    if (found !== state.done && found !== state.failed) return undefined;
    const child = { pid: this.#get(slot, field.pid), pidfd: this.#get(slot, field.pidfd) };
    this.#set(slot, field.state, state.free);
    return found === state.done ? child : 'failed';
  }

  /** For the thread that does: the next job, for which it sleeps. */
  waitForJob(): StartJob {
    for (;;) {
      const posted = Atomics.load(this.#numbers, 0);
      if (this.#get(this.#next, field.state) === state.posted) return this.#read(this.#next);
      Atomics.wait(this.#numbers, 0, posted);
    }
  }

  /** For the thread that does: the job it had is done; without a child, its message must be on its way before. */
  answer(child: StartedChild | undefined): void {
    const slot = this.#next;
    this.#next = (slot + 1) % slots;
    this.#set(slot, field.pid, child?.pid ?? 0);
    this.#set(slot, field.pidfd, child?.pidfd ?? 0);
    this.#set(slot, field.state, child === undefined ? state.failed : state.done);
  }

  #read(slot: number): StartJob {
    const starter = this.#get(slot, field.starter);
    const fd = this.#get(slot, field.fd);
    return { starter, fd, connection: { local: this.#takeEnd(slot, 0), peer: this.#takeEnd(slot, 1) } };
  }

  #putEnd(slot: number, end: 0 | 1, { address, port }: Endpoint): void {
    this.#set(slot, field.localPort + end, port);
    this.#set(
      slot,
      field.localSize + end,
      this.#bytes.write(address, placeOf(slot, end), bytesOfAddress, 'latin1'),
    );
  }

  #takeEnd(slot: number, end: 0 | 1): Endpoint {
    const at = placeOf(slot, end);
    const size = this.#get(slot, field.localSize + end);
    const address = this.#bytes.toString('latin1', at, at + size) as IpAddress;
    return { address, port: this.#get(slot, field.localPort + end) };
  }

  #get(slot: number, which: number): number {
    const at = head + slot * numbersOfSlot + which;
    return which === field.state ? Atomics.load(this.#numbers, at) : (this.#numbers[at] ?? 0);
  }

  #set(slot: number, which: number, value: number): void {
    const at = head + slot * numbersOfSlot + which;
    // The state comes last, and the other thread sees with it what was written before.
    if (which === field.state) Atomics.store(this.#numbers, at, value);
    else this.#numbers[at] = value;
  }
}

function placeOf(slot: number, end: 0 | 1): number {
  return (2 * slot + end) * bytesOfAddress;
}
