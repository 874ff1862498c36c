/** signal(7). node:os has them too, and would be loaded by every program for this alone. */
const numbers = { SIGHUP: 1, SIGINT: 2, SIGPIPE: 13, SIGTERM: 15 } as const;

/** The reason of the program's abort signal once it was asked to stop, or nobody reads its output any more (SIGPIPE). */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitStatus: number;
  readonly signal: keyof typeof numbers;

  constructor(signal: keyof typeof numbers) {
    super(`stopped by ${signal}`);
    this.signal = signal;
    this.exitStatus = 128 + numbers[signal];
  }
}
