import { closeSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import type { StartedChild } from '../linux/call-list.ts';
import { closeConnection, readIdleMs } from '../linux/connection-socket.ts';
import { pollFor } from '../linux/epoll.ts';
import { copyDescriptorOf, endSignals, signalPidfd } from '../linux/pidfd.ts';
import { type ChildEnd, reapPidfd } from '../linux/wait-child.ts';
import type { Deadline } from './deadlines.ts';
import type { Reactor } from './reactor.ts';
import type { Policy } from './service.ts';

/** How long a service that is told to end may take before it is ended. */
const lastWordsMs = 5000;

/** How often one is looked at that has ended and cannot be reaped, for whoever traces it comes first (ptrace(2)). */
const lookAgainMs = 1000;

/** A service that runs for one connection, until it has ended. */
export class ServiceRun {
  readonly #reactor: Reactor;
  readonly #child: StartedChild;
  readonly #began: number;
  #exited: number | undefined;
  #isReaped = false;
  #deadlines: Deadline[] = [];
  #why: string | undefined;
  /** Until it was told. */
  #ended: ((run: ServiceRun, end: ChildEnd) => void) | undefined;

  constructor(
    reactor: Reactor,
    child: StartedChild,
    policy: Pick<Policy, 'idleMs' | 'totalMs'>,
    ended: (run: ServiceRun, end: ChildEnd) => void,
  ) {
    this.#reactor = reactor;
    this.#child = child;
    this.#ended = ended;
    this.#began = reactor.now;
    reactor.watch(child.pidfd, pollFor.readable | pollFor.once, () => {
      this.#exited = reactor.now;
      reactor.putOff(() => this.#reap());
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

  /** One that is still there some time later, for the kernel or a tracer holds it, counts as ended all the same. */
  kill(): void {
    this.#signal('SIGKILL');
    this.#after(lastWordsMs, () => this.#tell({ status: endSignals.SIGKILL, bySignal: true }));
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
        closeConnection(fd);
      }
    } catch (error) {
      if (['EBADF', 'ESRCH', 'EPERM'].some((code) => isErrno(error, code))) return 0;
      throw error;
    }
  }

  #tell(end: ChildEnd): void {
    const ended = this.#ended;
    this.#ended = undefined;
    ended?.(this, end);
  }

  #reap(): void {
    // A late word of a descriptor of the same number before it would have us look once more.
    if (this.#isReaped) return;
    // What it leaves behind when it is made to end is not to stay, and this is the last moment to tell it.
    if (this.#why !== undefined) unlessGone(() => process.kill(-this.#child.pid, 'SIGKILL'));
    const end = reapPidfd(this.#child.pidfd);
    if (end === undefined) {
      this.#after(lookAgainMs, () => this.#reap());
      return;
    }
    this.#isReaped = true;
    for (const deadline of this.#deadlines) deadline.act = undefined;
    this.#reactor.forget(this.#child.pidfd);
    closeSync(this.#child.pidfd);
    this.#tell(end);
  }
}

function unlessGone(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}
