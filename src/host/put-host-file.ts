import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { explainErrno } from '../errors/explain-errno.ts';

/**
 * Writes a whole file of the host, its folder being root's alone: its name holds the old text or the new, never a part,
 * and the new one is on the disk when this returns. Throws NO_SPACE, READ_ONLY, NEEDS_ROOT, IO_ERROR.
 */
export function putHostFile(path: string, text: string, mode: number): void {
  const temp = join(dirname(path), `.virtfs-${randomBytes(6).toString('hex')}`);
  try {
    writeWhole(temp, text, mode);
    renameSync(temp, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temp, { force: true });
    throw explainErrno(error, `cannot write ${path}`);
  }
}

/** Makes what was done to the names in a folder last. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeWhole(path: string, text: string, mode: number): void {
  const fd = openSync(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    mode,
  );
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    // Whatever the umask is.
    fchmodSync(fd, mode);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
