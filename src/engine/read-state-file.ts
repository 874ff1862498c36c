import { readFileSync } from 'node:fs';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { heldPath } from './held-path.ts';

/**
 * The text of a file of the root's own state, undefined when there is none. Root alone writes there, so it is read in one
 * go: an update reads two for each tree. Throws IO_ERROR.
 */
export function readStateFile(dirfd: number, name: string): string | undefined {
  return readStateBytes(dirfd, name)?.toString('utf8');
}

/** Its bytes. */
export function readStateBytes(dirfd: number, name: string): Buffer | undefined {
  try {
    return readFileSync(heldPath(dirfd, name));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw explainErrno(error, `cannot read ${name} of the root's own state (.virtfs)`);
  }
}
