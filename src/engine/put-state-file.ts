import { closeSync, writeSync } from 'node:fs';
import { explainErrno } from '../errors/explain-errno.ts';
import { createFileAt, renameAt, unlinkAt } from '../linux/files.ts';
import { temporaryName } from './temporary-name.ts';

/**
 * Writes a whole file below `dirfd` so that its name holds the old text or the new, never a part. Mode 0600.
 * Throws NO_SPACE, READ_ONLY, IO_ERROR.
 */
export function putStateFile(dirfd: number, name: string, text: string | Uint8Array): void {
  try {
    replaceFile(dirfd, name, text);
  } catch (error) {
    throw explainErrno(error, `cannot write ${name} of the root's own state (.virtfs)`);
  }
}

function replaceFile(dirfd: number, name: string, text: string | Uint8Array): void {
  const temp = temporaryName();
  const fd = createFileAt(dirfd, temp, 0o600);
  try {
    writeAll(fd, typeof text === 'string' ? Buffer.from(text) : text);
    renameAt(dirfd, temp, dirfd, name);
  } catch (error) {
    unlinkAt(dirfd, temp);
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Writes all of `bytes`: write(2) may take a part only. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done);
}
