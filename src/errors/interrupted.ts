import { constants } from 'node:os';

/** The reason of the program's abort signal once it was asked to stop, or nobody reads its output any more (SIGPIPE). */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitStatus: number;
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE';

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE') {
    super(`stopped by ${signal}`);
    this.signal = signal;
    this.exitStatus = 128 + constants.signals[signal];
  }
}
