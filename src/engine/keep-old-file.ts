import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { linkAt, unlinkAt } from '../linux/files.ts';
import type { TreePath } from '../manifest/tree-path.ts';
import type { HeldTree } from './held-tree.ts';

/**
 * Gives what has the name `path` the name `old` beside it too, in the place of what had that name, so that it stays when
 * `path` is replaced. False when there is nothing. Throws TREE_UNSAFE where a folder has one of the names.
 */
export function keepOldFile(tree: HeldTree, path: TreePath, old: TreePath): boolean {
  try {
    const { dirfd, name } = tree.parentOf(path);
    const oldName = old.slice(old.lastIndexOf('/') + 1);
    removeIfThere(dirfd, oldName);
    linkAt(dirfd, name, dirfd, oldName);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw folderThere(path, error);
  }
}

/** Removes a file of a tree that may be gone. Throws TREE_UNSAFE where it is a folder. */
export function removeFile(tree: HeldTree, path: TreePath): void {
  try {
    const { dirfd, name } = tree.parentOf(path);
    unlinkAt(dirfd, name);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw folderThere(path, error);
  }
}

function removeIfThere(dirfd: number, name: string): void {
  try {
    unlinkAt(dirfd, name);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

/** linkat(2) answers EPERM for a folder, unlinkat(2) EISDIR. */
function folderThere(path: TreePath, error: unknown): unknown {
  const meddled = ['EISDIR', 'EPERM', 'EEXIST', 'ELOOP', 'ENOTDIR', 'EBUSY', 'EXDEV'];
  if (!meddled.some((code) => isErrno(error, code)))
    return explainErrno(error, `cannot replace ${escapeLines(path)} of the tree`);
  return new VirtfsError('TREE_UNSAFE', {
    what: `cannot replace ${escapeLines(path)} of the tree`,
    why: 'a folder or something else stands there, beside it, or on the way to it',
    mend: 'look at it with ls -l, move it away, then run the same command again',
    cause: error,
  });
}
