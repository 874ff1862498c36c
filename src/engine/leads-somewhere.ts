import { closeSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { openInRoot } from '../linux/open-in-root.ts';

/**
 * True when `path` of a tree, links followed as a program inside follows them, is there. What is mounted in the tree, or
 * kept from being followed, counts as there: nobody looks. Nothing is opened but a handle, and nothing outside the tree.
 */
export function leadsSomewhere(treeFd: number, path: string): boolean {
  try {
    closeSync(openInRoot(treeFd, path));
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].some((code) => isErrno(error, code))) return false;
    if (isErrno(error, 'ELOOP')) return false;
    if (isErrno(error, 'EXDEV') || isErrno(error, 'EAGAIN')) return true;
    throw error;
  }
}
