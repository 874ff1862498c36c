import type { SayToLog } from './mail-log.ts';

const mostInMinute = 20;

/** Says whose connections are not served, and only so many times in a minute: it costs a client nothing to come again. */
export class RefusalLog {
  readonly #say: SayToLog;
  #minute = 0;
  #count = 0;

  constructor(say: SayToLog) {
    this.#say = say;
  }

  tell(peer: string, why: string): void {
    const minute = Math.floor(performance.now() / 60_000);
    if (minute !== this.#minute) {
      if (this.#count > mostInMinute)
        this.#say('warning', `${this.#count - mostInMinute} more clients were turned away`);
      this.#minute = minute;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count <= mostInMinute) this.#say('warning', `client ${peer} turned away: ${why}`);
  }
}
