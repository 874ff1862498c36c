import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { FailedChild, StartedChild } from '../linux/call-list.ts';
import type { Connection } from './connection.ts';
import type { JobBoard } from './job-board.ts';
import type { ServiceStarter } from './service-starter.ts';
import type { StartFailure, ToStarter } from './starter-messages.ts';
import { tryStart } from './try-start.ts';

/** Hears what came of a start; a text says why nothing did. */
type Done = (result: StartedChild | FailedChild | string) => void;

/**
 * Starts services on this thread, and while more connections wait than it can take, on a second one: until a service has
 * become its program, the thread that starts it waits.
 */
export class Launcher {
  readonly #port: MessagePort;
  readonly #board: JobBoard;
  /** By the place on the board. */
  readonly #jobs = new Map<number, Done>();
  #known = new WeakSet<ServiceStarter>();
  #afterJobs: (() => void)[] = [];
  /** How many connections wait behind the one that is being dealt with. */
  backlog = 0;

  constructor(port: MessagePort, board: JobBoard) {
    this.#port = port;
    this.#board = board;
  }

  /** Something is still being started. */
  get isBusy(): boolean {
    return this.#jobs.size > 0;
  }

  launch(starter: ServiceStarter, fd: number, connection: Connection, done: Done): void {
    if (this.backlog > 0 && this.#give(starter, fd, connection, done)) return;
    done(tryStart(starter, fd, connection));
  }

  /** Takes what the other thread has answered. */
  hear(): void {
    if (this.#jobs.size === 0) return;
    for (const [slot, done] of this.#jobs) {
      const answer = this.#board.takeAnswer(slot);
      if (answer === undefined) continue;
      this.#jobs.delete(slot);
      done(answer === 'failed' ? this.#readFailure() : answer);
    }
    if (this.#jobs.size > 0) return;
    const acts = this.#afterJobs;
    this.#afterJobs = [];
    for (const act of acts) act();
  }

  /** The other thread keeps no starter any more, once it has done what it was given for those it has. */
  forget(): void {
    this.whenUnused(() => {
      this.#known = new WeakSet();
      this.#port.postMessage({ type: 'forget' } satisfies ToStarter);
    });
  }

  /** Once the other thread uses nothing that it was given before: a descriptor closed too early may be another's by then. */
  whenUnused(act: () => void): void {
    if (this.#jobs.size === 0) act();
    else this.#afterJobs.push(act);
  }

  #give(starter: ServiceStarter, fd: number, connection: Connection, done: Done): boolean {
    if (!this.#known.has(starter)) {
      this.#known.add(starter);
      this.#port.postMessage({ type: 'know', starter: starter.id, parts: starter.parts } satisfies ToStarter);
    }
    const slot = this.#board.post({ starter: starter.id, fd, connection });
    if (slot === undefined) return false;
    this.#jobs.set(slot, done);
    return true;
  }

  #readFailure(): StartFailure {
    return (receiveMessageOnPort(this.#port)?.message as StartFailure | undefined) ?? 'nobody says why';
  }
}
