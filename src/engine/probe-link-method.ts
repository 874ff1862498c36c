import { closeSync, constants } from 'node:fs';
import type { LinkMethod } from '../domain/record.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { openBeneath, openDirBeneath, tryLock } from '../linux/files.ts';
import { chooseLinkMethod } from './choose-link-method.ts';

/**
 * How trees under the open root would share files, found by trying it in its stage. Undefined where nothing can be
 * tried: virtfs has made nothing there yet, another virtfs is at work, or nothing can be written.
 */
export function probeLinkMethod(rootFd: number): LinkMethod | undefined {
  const held: number[] = [];
  try {
    // Beside the lock's holder nobody writes into the stage.
    const lock = openBeneath(rootFd, '.virtfs/lock', constants.O_RDWR);
    held.push(lock);
    if (!tryLock(lock)) return undefined;
    const stage = openDirBeneath(rootFd, '.virtfs/stage');
    held.push(stage);
    return chooseLinkMethod('auto', stage);
  } catch (error) {
    if (error instanceof VirtfsError || ['ENOENT', 'EROFS', 'EACCES'].some((code) => isErrno(error, code)))
      return undefined;
    throw error;
  } finally {
    for (const fd of held) closeSync(fd);
  }
}
