import { constants } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { openBeneath } from '../linux/files.ts';

const oPath = 0o10000000;

/** A handle (O_PATH) of the directory `path` below `dirfd`, undefined when there is none. ELOOP for a link. */
export function openFolder(dirfd: number, path: string): number | undefined {
  try {
    return openBeneath(dirfd, path, oPath | constants.O_DIRECTORY);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
