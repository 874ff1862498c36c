import { setImmediate as breathe } from 'node:timers/promises';

const longest = 0.04; // seconds without letting the terminal and signals have their turn

/**
 * Lets a long run of synchronous work pause: call the result between pieces of work. It yields when it is time to, and
 * throws the signal's reason once the run was interrupted.
 */
export function pace(signal: AbortSignal): () => Promise<void> | undefined {
  let last = process.uptime();
  return () => {
    if (signal.aborted) signal.throwIfAborted();
    if (process.uptime() - last < longest) return undefined;
    return breathe().then(() => {
      last = process.uptime();
      signal.throwIfAborted();
    });
  };
}
