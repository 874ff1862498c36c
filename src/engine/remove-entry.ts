import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { removeDirAt, unlinkAt } from '../linux/files.ts';
import type { TreePath } from '../manifest/tree-path.ts';
import type { HeldTree } from './held-tree.ts';

/**
 * Takes one name out of a tree: a file, link or device, or a folder that is empty. What is gone already is as good as
 * removed. False when it is a folder that holds something, a mount, immutable, or something else by now.
 * Throws READ_ONLY, IO_ERROR.
 */
export function removeEntry(path: TreePath, type: 'dir' | 'other', tree: HeldTree): boolean {
  try {
    const { dirfd, name } = tree.parentOf(path);
    if (type === 'dir') removeDirAt(dirfd, name);
    else unlinkAt(dirfd, name);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true;
    if (others.some((code) => isErrno(error, code))) return false;
    throw explainErrno(error, `cannot remove ${escapeLines(path)} from the tree`);
  }
}

// EPERM: root of the tree may have made it immutable, with chattr(1).
const others = ['EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST', 'ELOOP', 'EXDEV', 'EBUSY', 'EPERM'];
