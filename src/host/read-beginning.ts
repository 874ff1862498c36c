import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';

/** The first bytes of a regular file of the host, at most `most`; undefined where there is none. */
export function readBeginning(path: string, most: number): Uint8Array | undefined {
  let fd: number;
  try {
    fd = openSync(
      path,
      constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | constants.O_NOFOLLOW,
    );
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'ENAMETOOLONG'].some((code) => isErrno(error, code)))
      return undefined;
    throw error;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return undefined;
    const bytes = Buffer.allocUnsafe(Math.min(stat.size, most));
    let size = 0;
    while (size < bytes.length) {
      const got = readSync(fd, bytes, size, bytes.length - size, size);
      if (got === 0) break;
      size += got;
    }
    return bytes.subarray(0, size);
  } finally {
    closeSync(fd);
  }
}
