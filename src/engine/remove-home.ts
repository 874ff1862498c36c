import { closeSync, lstatSync } from 'node:fs';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { renameNewAt, unlinkAt } from '../linux/files.ts';
import { heldPath } from './held-path.ts';
import { oldHome, openFolderOrNone } from './home-leftovers.ts';
import { homePathOf } from './inspect-home.ts';
import { removeTree } from './remove-tree.ts';

export interface DetachedHome {
  readonly result: 'detached' | 'none' | 'kept';
  /** Deletes what was detached: long work, for which nothing need be locked. */
  readonly remove: () => void;
}

const nothing = (): void => {};

/**
 * Takes a home, a path as passwd has it, out of its place in one step, so that it is there whole or not at all. A home
 * that is no folder, lies at the top of the tree, or belongs to another than `uid` is `kept`: passwd may name anything.
 * The tree's accounts must be locked. Throws TREE_UNSAFE where something is mounted.
 */
export function detachHome(treeFd: number, home: string, uid: number): DetachedHome {
  const path = homePathOf(home) ?? '';
  const slash = path.lastIndexOf('/');
  const parent = slash === -1 ? undefined : openFolderOrNone(treeFd, path.slice(0, slash));
  if (parent === undefined) return { result: path === '' || slash === -1 ? 'kept' : 'none', remove: nothing };
  try {
    const name = path.slice(slash + 1);
    const found = lstatSync(heldPath(parent, name), { throwIfNoEntry: false });
    if (found === undefined) return { result: 'none', remove: nothing };
    if (!found.isDirectory() || found.uid !== uid) return { result: 'kept', remove: nothing };
    removeTree(parent, oldHome);
    renameNewAt(parent, name, parent, oldHome);
  } catch (error) {
    throw isErrno(error, 'EBUSY')
      ? isMount(path, error)
      : explainErrno(error, `cannot remove the home /${path} of the tree`);
  } finally {
    closeSync(parent);
  }
  return { result: 'detached', remove: () => removeDetached(treeFd, path.slice(0, slash)) };
}

/** Removes `var/mail/NAME`, a regular file of this user. False where something else stays there. */
export function removeSpool(treeFd: number, name: string, uid: number): boolean {
  const folder = openFolderOrNone(treeFd, 'var/mail');
  if (folder === undefined) return true;
  try {
    const found = lstatSync(heldPath(folder, name), { throwIfNoEntry: false });
    if (found === undefined) return true;
    if (!found.isFile() || found.uid !== uid) return false;
    unlinkAt(folder, name);
    return true;
  } finally {
    closeSync(folder);
  }
}

function removeDetached(treeFd: number, folder: string): void {
  const parent = openFolderOrNone(treeFd, folder);
  if (parent === undefined) return;
  try {
    removeTree(parent, oldHome);
  } finally {
    closeSync(parent);
  }
}

function isMount(path: string, cause: unknown): VirtfsError {
  return new VirtfsError('TREE_UNSAFE', {
    what: `cannot remove the home /${path} of the tree`,
    why: 'something is mounted there',
    mend: 'look with findmnt, unmount it, then run the same command again',
    cause,
  });
}
