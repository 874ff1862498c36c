import { closeSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import type { StartedChild } from '../linux/call-list.ts';
import { readIdleMs } from '../linux/connection-socket.ts';
import { pollFor } from '../linux/epoll.ts';
import { copyDescriptorOf, endSignals, signalPidfd } from '../linux/pidfd.ts';
import { type ChildEnd, reapPidfd } from '../linux/wait-child.ts';
import type { Deadline } from './deadlines.ts';
import type { Reactor } from './reactor.ts';
import type { Policy } from './service.ts';

/** How long a service that is told to end may take before it is ended. */
const lastWordsMs = 5000;

/** A service that runs for one connection, until it has ended. */
export class ServiceRun {
  readonly #reactor: Reactor;
  readonly #child: StartedChild;
  readonly #began: number;
  #exited: number | undefined;
  #deadlines: Deadline[] = [];
  #why: string | undefined;

  constructor(
    reactor: Reactor,
    child: StartedChild,
    policy: Pick<Policy, 'idleMs' | 'totalMs'>,
    ended: (run: ServiceRun, end: ChildEnd) => void,
  ) {
    this.#reactor = reactor;
    this.#child = child;
    this.#began = reactor.now;
    reactor.watch(child.pidfd, pollFor.readable | pollFor.once, () => {
      this.#exited = reactor.now;
      reactor.putOff(() => this.#reap(ended));
    });
    const { totalMs, idleMs } = policy;
    if (totalMs !== undefined) this.#after(totalMs, () => this.end('it ran longer than total allows'));
    if (idleMs !== undefined) this.#watchIdle(idleMs, idleMs);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get durationMs(): number {
    return (this.#exited ?? this.#reactor.now) - this.#began;
  }

  /** Why it was told to end, if it was. */
  get why(): string | undefined {
    return this.#why;
  }

  /** Tells it to end, and ends it when it does not, with all that is still in its process group. */
  end(why: string): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#signal('SIGTERM');
    this.#after(lastWordsMs, () => this.kill());
  }

  kill(): void {
    this.#signal('SIGKILL');
  }

  // Its process group is its own as long as nobody has reaped it: the number is taken until then.
  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    unlessGone(() => signalPidfd(this.#child.pidfd, endSignals[signal]));
    unlessGone(() => process.kill(-this.#child.pid, signal));
  }

  #after(ms: number, act: () => void): void {
    const deadline: Deadline = this.#reactor.after(ms, () => {
      this.#deadlines = this.#deadlines.filter((each) => each !== deadline);
      act();
    });
    this.#deadlines.push(deadline);
  }

  #watchIdle(idleMs: number, restMs: number): void {
    this.#after(restMs, () => {
      const idle = this.#idleMs();
      if (idle >= idleMs) this.end('neither end sent a byte for as long as idle allows');
      else this.#watchIdle(idleMs, Math.max(100, idleMs - idle));
    });
  }

  /** A service may have closed what it was given, or put something else there: then it is not idle as far as we know. */
  #idleMs(): number {
    try {
      const fd = copyDescriptorOf(this.#child.pidfd, 0);
      try {
        return readIdleMs(fd) ?? 0;
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      if (['EBADF', 'ESRCH', 'EPERM'].some((code) => isErrno(error, code))) return 0;
      throw error;
    }
  }

  #reap(ended: (run: ServiceRun, end: ChildEnd) => void): void {
    // What it leaves behind when it is made to end is not to stay, and this is the last moment to tell it.
    if (this.#why !== undefined) unlessGone(() => process.kill(-this.#child.pid, 'SIGKILL'));
    const end = reapPidfd(this.#child.pidfd);
    if (end === undefined) return;
    for (const deadline of this.#deadlines) deadline.act = undefined;
    this.#reactor.forget(this.#child.pidfd);
    closeSync(this.#child.pidfd);
    ended(this, end);
  }
}

function unlessGone(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}
