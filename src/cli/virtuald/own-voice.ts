import { fstatSync } from 'node:fs';
import type { Syslog } from '../../linux/syslog.ts';
import { writeLine } from '../virtexec/write-line.ts';

/**
 * Where virtuald says what went wrong: in the log when it serves a socket, and on standard error as long as that is what
 * it was, which by then is not the client. `log` is opened when it is needed; `about` is what the log has in front, such
 * as the service and its client. What it answers writes one line.
 */
export function openVoice(log: () => Syslog, about: () => string): (line: string) => void {
  const servesSocket = fstatSync(0).isSocket();
  const before = fstatSync(2);
  return (line) => {
    if (servesSocket) log().send('err', `${about()}${line.replace(/^virtuald: /u, '').trim()}`);
    const now = fstatSync(2);
    // Else it is the pipe to the log by now.
    if (now.dev === before.dev && now.ino === before.ino) writeLine(2, line);
  };
}
