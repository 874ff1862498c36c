import { Socket } from 'node:net';
import type { Severity } from '../linux/syslog.ts';

/** Where errors of services come from. */
export interface ErrorSource {
  /** The reading end of a pipe; closed when its last writer is gone. */
  readonly fd: number;
  /** In front of each line: the service and the domain. */
  readonly name: string;
}

const mostInLine = 800;
const mostInSecond = 50;

/** How long the rest of a line may take. */
const lineMs = 1000;

/** Hands on each line that services write to their standard error to the log, and only so many in a second. */
export function relayErrors(
  { fd, name }: ErrorSource,
  say: (severity: Severity, text: string) => void,
): void {
  const pipe = new Socket({ fd, readable: true, writable: false });
  let rest = '';
  let second = 0;
  let lines = 0;
  const tell = (whole: string): void => {
    const line = whole.slice(0, mostInLine);
    if (line === '') return;
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) {
      if (lines > mostInSecond) say('warning', `${name}: ${lines - mostInSecond} more lines in one second`);
      second = now;
      lines = 0;
    }
    lines += 1;
    if (lines <= mostInSecond) say('warning', `${name}: ${line}`);
  };
  let waits: NodeJS.Timeout | undefined;
  const tellRest = (): void => {
    tell(rest);
    rest = '';
  };
  pipe.setEncoding('utf8');
  pipe.on('data', (text: string) => {
    clearTimeout(waits);
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) tell(part);
    // Another service of the domain may be the next to write.
    if (rest.length > mostInLine) tellRest();
    else if (rest !== '') waits = setTimeout(tellRest, lineMs);
  });
  pipe.on('error', () => pipe.destroy());
  pipe.on('end', tellRest);
}
