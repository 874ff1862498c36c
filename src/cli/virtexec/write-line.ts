import { writeSync } from 'node:fs';
import { isErrno } from '../../errors/virtfs-error.ts';
import { endProcess } from '../../linux/end-process.ts';

/**
 * Writes a line to standard output or error by the plain system call. process.stdout would switch a pipe to
 * non-blocking, which the program to come, and everyone else at that pipe, would inherit.
 */
export function writeLine(fd: 1 | 2, line: string): void {
  let rest: Uint8Array = Buffer.from(`${line}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      // Someone before us made the pipe non-blocking; there is room again once its reader has read.
      if (isErrno(error, 'EAGAIN')) continue;
      // At once: by now the root directory may be a tree.
      endProcess(isErrno(error, 'EPIPE') ? 141 : 74);
    }
  }
}
