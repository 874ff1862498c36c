import { closeSync, fstatSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { openInRoot } from '../linux/open-in-root.ts';

/**
 * True when `path` of an open tree, links followed as a program inside follows them, is an executable file. Good for
 * telling, not for opening: whoever is root in the tree may change it at once.
 */
export function isProgramInTree(treeFd: number, path: string): boolean {
  try {
    const fd = openInRoot(treeFd, path);
    try {
      const stat = fstatSync(fd);
      return stat.isFile() && (stat.mode & 0o111) !== 0;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const codes = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV', 'EAGAIN', 'ENAMETOOLONG'];
    if (codes.some((code) => isErrno(error, code))) return false;
    throw error;
  }
}
