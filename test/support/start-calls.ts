import { closeSync } from 'node:fs';
import type { CallList, StartedChild } from '../../src/linux/call-list.ts';
import { type ChildEnd, waitForPidfd } from '../../src/linux/wait-child.ts';

/** Text as C has it, at a place where it stays. */
export function cString(text: string): Uint8Array {
  const bytes = Buffer.from(`${text}\0`);
  const own = new Uint8Array(new ArrayBuffer(Math.max(128, bytes.length)));
  own.set(bytes);
  return own;
}

/** Starts a child that must come to be its program. */
export function startWell(list: CallList): StartedChild {
  const started = list.start();
  if ('pid' in started) return started;
  throw new Error(`could not ${started.step}: ${started.code}`);
}

/** Waits for its end. */
export function finish({ pidfd }: StartedChild): ChildEnd {
  try {
    return waitForPidfd(pidfd);
  } finally {
    closeSync(pidfd);
  }
}
