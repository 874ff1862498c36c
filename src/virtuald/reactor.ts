import { Epoll } from '../linux/epoll.ts';
import { type Deadline, Deadlines } from './deadlines.ts';

/** How much may be put off before it is done all the same. */
const mostPutOff = 64;

/** How long nothing may have come before what was put off is done: whoever comes within that time is served first. */
const quietMs = 1;

/** What a thread waits for, and what it then does: descriptors and times. It blocks, for it has nothing else to do. */
export class Reactor {
  readonly #epoll = new Epoll();
  readonly #acts = new Map<number, () => void>();
  readonly #deadlines = new Deadlines();
  #putOff: (() => void)[] = [];
  #now = performance.now();
  #isOver = false;

  /** Milliseconds of a clock that never goes back, as of when the thread last woke. */
  get now(): number {
    return this.#now;
  }

  /** `what` as `Epoll.add` takes it. Throws the system's error. */
  watch(fd: number, what: number, act: () => void): void {
    this.#epoll.add(fd, what);
    this.#acts.set(fd, act);
  }

  /** Before the descriptor is closed. */
  unwatch(fd: number): void {
    if (this.#acts.delete(fd)) this.#epoll.remove(fd);
  }

  /** In place of `unwatch` for a descriptor that is closed next, and of which there is no copy anywhere: that ends it too. */
  forget(fd: number): void {
    this.#acts.delete(fd);
  }

  /** To be done once nothing comes for a moment: nobody waits for it. */
  putOff(act: () => void): void {
    this.#putOff.push(act);
  }

  /** Does what was put off. */
  settle(): void {
    if (this.#putOff.length === 0) return;
    const acts = this.#putOff;
    this.#putOff = [];
    for (const act of acts) act();
  }

  /** To call it off, take its `act` away. */
  after(ms: number, act: () => void): Deadline {
    return this.#deadlines.add(this.#now + ms, act);
  }

  /** The next turn of `run` is its last. */
  end(): void {
    this.#isOver = true;
  }

  /** `afterEach` comes after all that was ready at once; what it gives is when it wants to be called at the latest. */
  run(afterEach: () => number | undefined): void {
    let wakeAt = afterEach();
    while (!this.#isOver) {
      const ready = this.#epoll.wait(this.#sleepMs(wakeAt));
      this.#now = performance.now();
      // What one does may have taken another away.
      for (const fd of ready) this.#acts.get(fd)?.();
      this.#deadlines.run(this.#now);
      if (ready.length === 0 || this.#putOff.length > mostPutOff) this.settle();
      wakeAt = afterEach();
    }
  }

  #sleepMs(wakeAt = Number.POSITIVE_INFINITY): number {
    if (this.#putOff.length > 0) return quietMs;
    const at = Math.min(wakeAt, this.#deadlines.next() ?? Number.POSITIVE_INFINITY);
    if (at === Number.POSITIVE_INFINITY) return -1;
    return Math.min(Math.max(0, Math.ceil(at - performance.now())), 60_000);
  }
}
