import { fstatSync, readFileSync, readSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';

/** What could not be read whole: nobody may be told that it was delivered. */
export class BrokenMessage extends Error {
  override readonly name = 'BrokenMessage';
}

/**
 * Reads a message from an open file, pipe or socket, in pieces that are good until the next is asked for; undefined at
 * its end. The `read` throws BrokenMessage for an error, for a file that ends before its size, and for a message of no byte at
 * all: no mail is empty, and Node puts /dev/null where there was no standard input.
 */
export function openMessage(fd: number): () => Uint8Array | undefined {
  const bytes = new Uint8Array(new ArrayBuffer(1 << 17));
  const expected = sizeLeft(fd);
  let total = 0;
  return () => {
    const count = readSome(fd, bytes);
    total += count;
    if (count > 0) return bytes.subarray(0, count);
    if (total === 0) throw new BrokenMessage('there is no message on standard input');
    if (expected !== undefined && total < expected)
      throw new BrokenMessage(`the message ended after ${total} of ${expected} bytes`);
    return undefined;
  };
}

function readSome(fd: number, bytes: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, bytes, 0, bytes.length, null);
    } catch (error) {
      // Somebody made it non-blocking for all who have it.
      if (isErrno(error, 'EAGAIN')) Atomics.wait(sleeper, 0, 0, 20);
      else if (isErrno(error, 'EOF')) return 0;
      else
        throw new BrokenMessage(`cannot read the message: ${Error.isError(error) ? error.message : error}`, {
          cause: error,
        });
    }
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** How much of a plain file is to come; undefined for anything else, and where nobody says how far it was read. */
function sizeLeft(fd: number): number | undefined {
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) return undefined;
    const position = /^pos:\s*(\d+)/mu.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return position === undefined ? undefined : stats.size - Number(position);
  } catch {
    // No /proc, or nothing open there: reading says what is wrong.
    return undefined;
  }
}
