import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { openBeneath } from '../linux/files.ts';

/**
 * The text of a regular file below an open directory, undefined when there is none. The file is a stranger's: links,
 * FIFOs, devices and files of more than `mostBytes` are refused with TREE_UNSAFE, which names the file as `path`.
 */
export function readTreeFile(dirfd: number, path: string, mostBytes: number): string | undefined {
  return readTreeBytes(dirfd, path, mostBytes)?.toString('utf8');
}

/** The same as bytes. */
export function readTreeBytes(dirfd: number, path: string, mostBytes: number): Buffer | undefined {
  const fd = openTreeFile(dirfd, path);
  if (fd === undefined) return undefined;
  try {
    return readOpenFile(fd, path, mostBytes);
  } finally {
    closeSync(fd);
  }
}

/** For those who look at it before they read it: `readOpenFile` refuses what is no regular file. */
export function openTreeFile(dirfd: number, path: string): number | undefined {
  try {
    // A FIFO would wait for a writer, and a terminal become ours.
    return openBeneath(dirfd, path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (isErrno(error, 'ELOOP') || isErrno(error, 'ENOTDIR') || isErrno(error, 'ENXIO')) {
      throw refused(path, 'it, or a folder on the way to it, is a link or another kind of file', error);
    }
    throw error;
  }
}

/** What is left of an open file, a stranger's. Throws TREE_UNSAFE as `readTreeFile`. */
export function readOpenFile(fd: number, path: string, mostBytes: number): Buffer {
  if (!fstatSync(fd).isFile()) throw refused(path, 'it is not a regular file');
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.min(65_536, mostBytes + 1 - size));
    const read = readSync(fd, chunk);
    if (read === 0) return Buffer.concat(chunks);
    size += read;
    // The size fstat(2) gave may be out of date: its owner writes on.
    if (size > mostBytes) throw refused(path, `it is larger than ${mostBytes} bytes`);
    chunks.push(chunk.subarray(0, read));
  }
}

function refused(path: string, why: string, cause?: unknown): VirtfsError {
  return new VirtfsError('TREE_UNSAFE', {
    what: `cannot read ${path} of the tree`,
    why,
    mend: 'look at it with ls -l, move it away, and put a plain file in its place',
    cause,
  });
}
