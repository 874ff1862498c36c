import { closeSync, fchmodSync, fchownSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { makeDirAt, openDirBeneath } from '../linux/files.ts';

/** Opens the folder `name` in `dirfd`, and makes it for root alone (0700) where there is none. */
export function openOrMakeDir(dirfd: number, name: string): number {
  try {
    return openDirBeneath(dirfd, name);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  try {
    return makeOwnDir(dirfd, name, 0o700);
  } catch (error) {
    // Another virtfs made it between the two calls.
    if (!isErrno(error, 'EEXIST')) throw error;
    return openDirBeneath(dirfd, name);
  }
}

/** Makes a folder of root and opens it. Below a set-gid folder it would get that one's group and bit from mkdir(2). */
export function makeOwnDir(dirfd: number, name: string, mode: number): number {
  makeDirAt(dirfd, name, mode);
  const fd = openDirBeneath(dirfd, name);
  try {
    fchownSync(fd, 0, 0);
    fchmodSync(fd, mode);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
