import type { Connection } from './connection.ts';
import { type Greeted, type Greeting, greetClient, prepareGreeting } from './greet-client.ts';
import type { Reactor } from './reactor.ts';
import type { Service } from './service.ts';

/** Lets the clients of one service say what they must say first. */
export class Greeter {
  readonly #reactor: Reactor;
  #greeting: Greeting;
  /** Of each who has not said all yet: what breaks it off. */
  readonly #open = new Set<(why: string) => void>();

  constructor(reactor: Reactor, service: Service) {
    this.#reactor = reactor;
    this.#greeting = prepareGreeting(service);
  }

  get isIdle(): boolean {
    return this.#open.size === 0;
  }

  /** For those who come from now on. */
  change(service: Service): void {
    this.#greeting = prepareGreeting(service);
  }

  /** As `greetClient`. */
  greet(fd: number, connection: Connection, done: (result: Greeted | string) => void): void {
    // Undefined while `done` is called at once.
    let breakOff: ((why: string) => void) | undefined;
    breakOff = greetClient(this.#reactor, fd, { greeting: this.#greeting, connection }, (result) => {
      if (breakOff !== undefined) this.#open.delete(breakOff);
      done(result);
    });
    if (breakOff !== undefined) this.#open.add(breakOff);
  }

  breakOffAll(why: string): void {
    for (const breakOff of [...this.#open]) breakOff(why);
  }
}
