import { closeSync, constants, openSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { ReadStream, WriteStream } from 'node:tty';
import { isErrno, VirtfsError } from '../../errors/virtfs-error.ts';

/** The terminal the process belongs to, whatever standard input and output are. */
export interface Terminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
  /** Gives the terminal back as it was, and closes it. */
  readonly close: () => Promise<void>;
}

/** Opens /dev/tty. Throws NEEDS_TERMINAL where there is none, which names `--domain`. */
export function openTerminal(): Terminal {
  const inputFd = openDevTty();
  const outputFd = openDevTty(inputFd);
  const input = new ReadStream(inputFd);
  const output = new WriteStream(outputFd);
  return {
    input,
    output,
    close: async () => {
      input.setRawMode(false);
      const closed = [input, output].map((stream) =>
        finished(stream.destroy(), { cleanup: true }).catch(ignoreEarlyEnd),
      );
      await Promise.all(closed);
    },
  };
}

function openDevTty(closeOnError?: number): number {
  try {
    return openSync('/dev/tty', constants.O_RDWR | constants.O_NOCTTY);
  } catch (error) {
    if (closeOnError !== undefined) closeSync(closeOnError);
    if (!isErrno(error, 'ENXIO') && !isErrno(error, 'ENOENT') && !isErrno(error, 'EIO')) throw error;
    throw new VirtfsError('NEEDS_TERMINAL', {
      what: 'cannot ask which domain is meant',
      why: 'there is no terminal to ask on',
      mend: 'name it: virtexec --domain DOMAIN PROGRAM (or VIRTFS_DOMAIN for a link); virtfs list shows the domains',
      cause: error,
    });
  }
}

/** A destroyed stream has, by design, not come to its end. */
function ignoreEarlyEnd(error: unknown): void {
  if (!isErrno(error, 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
}
