import { closeSync, fchmodSync, fchownSync, lstatSync } from 'node:fs';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { makeDirAt, openDirOfSameMount, removeDirAt, renameAt, unlinkAt } from '../linux/files.ts';
import type { DirEntry, Entry, LeafEntry } from '../manifest/entry.ts';
import type { TreePath } from '../manifest/tree-path.ts';
import { heldPath } from './held-path.ts';
import type { HeldTree } from './held-tree.ts';
import { type Filling, makeEntry } from './make-entry.ts';
import type { StoreKey } from './store.ts';

/** Where new entries are made before they take their place: a folder of root's alone on the file system of the trees. */
export interface Bench {
  readonly stageFd: number;
  readonly filling: Filling;
}

/**
 * Puts an entry into a tree that is in use, in the place of what has its name: whoever looks finds the old one or the
 * new one, whole. A folder that is there gets mode and owner. The umask must be 0.
 * False when something stands in the way that is not ours to remove: a full folder where a file belongs, a file or a link
 * where the folder above should be, a mount, what is immutable. Throws NO_SPACE, READ_ONLY, IO_ERROR.
 */
export function replaceEntry(entry: Entry, tree: HeldTree, bench: Bench): boolean {
  try {
    const { dirfd, name } = tree.parentOf(entry.path);
    if (entry.type === 'dir') replaceWithDir(entry, dirfd, name);
    else replaceWith(entry, dirfd, name, bench);
    return true;
  } catch (error) {
    if (inTheWay.some((code) => isErrno(error, code))) return false;
    throw explainErrno(error, `cannot put ${entry.type} ${escapeLines(entry.path)} into the tree`);
  }
}

/** A file of the store's on its way to one name in many trees. */
export interface SharedFile {
  readonly entry: LeafEntry;
  readonly key: StoreKey;
  /** The folder it is in, and its name there. */
  readonly folder: TreePath | '';
  readonly name: string;
}

/** As `replaceEntry`, for a tree that shares inodes with the store: in two calls of the system, most of the time. */
export function replaceShared(file: SharedFile, tree: HeldTree, bench: Bench): boolean {
  const { stageFd, filling } = bench;
  try {
    const dirfd = tree.dir(file.folder);
    filling.store.linkFile(file.key, stageFd, temporary);
    renameAt(stageFd, temporary, dirfd, file.name);
    return true;
  } catch {
    // Whatever it was, it is seen to there.
    return replaceEntry(file.entry, tree, bench);
  }
}

// EPERM: root of the tree may have made it immutable, with chattr(1).
const inTheWay = ['EISDIR', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'ELOOP', 'ENOENT', 'EXDEV', 'EBUSY', 'EPERM'];

const temporary = 'next';

function replaceWith(entry: LeafEntry, dirfd: number, name: string, { stageFd, filling }: Bench): void {
  const place = { dirfd: stageFd, name: temporary, isMadeForRoot: true };
  try {
    makeEntry(entry, place, filling);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
    // Two names of one inode: rename(2) then leaves both.
    unlinkAt(stageFd, temporary);
    makeEntry(entry, place, filling);
  }
  try {
    renameOverAt(stageFd, dirfd, name);
  } catch (error) {
    unlinkAt(stageFd, temporary);
    throw error;
  }
}

/** An empty folder is nobody's loss; one that holds something stays, with ENOTEMPTY. */
function renameOverAt(stageFd: number, dirfd: number, name: string): void {
  try {
    renameAt(stageFd, temporary, dirfd, name);
  } catch (error) {
    if (!isErrno(error, 'EISDIR')) throw error;
    removeDirAt(dirfd, name);
    renameAt(stageFd, temporary, dirfd, name);
  }
}

function replaceWithDir({ mode, owner }: DirEntry, dirfd: number, name: string): void {
  const found = lstatSync(heldPath(dirfd, name), { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory()) unlinkAt(dirfd, name);
  // Closed until it has its owner.
  if (!found?.isDirectory()) makeDirAt(dirfd, name, 0o700);
  const fd = openDirOfSameMount(dirfd, name);
  try {
    fchownSync(fd, owner.uid, owner.gid);
    fchmodSync(fd, mode);
  } finally {
    closeSync(fd);
  }
}
