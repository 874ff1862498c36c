import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { makeNamer } from '../engine/maildir/message-name.ts';

/** Names for messages that the calling thread delivers. */
export function makeThreadNamer(): () => string {
  // The clock of names is the one that is set; what it lacks of a microsecond is any number.
  const micros = () => Date.now() * 1000 + (Math.floor(performance.now() * 1000) % 1000);
  return makeNamer({ host: hostname(), pid: process.pid, thread: threadId }, micros);
}
