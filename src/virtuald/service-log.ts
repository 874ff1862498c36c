import type { Severity, Syslog } from '../linux/syslog.ts';

/** How many lines of one kind there are in a second before the rest is only counted. */
const mostInSecond = 20;

/** Log lines of which a flood of connections could make too many. */
export class ServiceLog {
  readonly #log: Syslog;
  readonly #kinds = new Map<string, { second: number; lines: number }>();

  constructor(log: Syslog) {
    this.#log = log;
  }

  say(severity: Severity, text: string): void {
    this.#log.send(severity, text);
  }

  /** As `say`; the line is only made where there is a log. */
  sayIfHeard(severity: Severity, describe: () => string): void {
    if (this.#log.isHeard()) this.#log.send(severity, describe());
  }

  /** One of many of its kind, such as `ftp denied`: those beyond a number in a second are told by their number. */
  sayOften(kind: string, severity: Severity, text: string, nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const seen = this.#kinds.get(kind);
    if (seen === undefined || seen.second !== second) {
      this.#tellRest(kind, seen?.lines ?? 0);
      this.#kinds.set(kind, { second, lines: 1 });
      this.#log.send(severity, text);
      return;
    }
    seen.lines += 1;
    if (seen.lines <= mostInSecond) this.#log.send(severity, text);
  }

  #tellRest(kind: string, lines: number): void {
    if (lines > mostInSecond)
      this.#log.send('warning', `${kind}: ${lines - mostInSecond} more such lines in that second`);
  }
}
