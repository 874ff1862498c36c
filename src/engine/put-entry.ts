import { closeSync, fchmodSync, fchownSync } from 'node:fs';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { makeDirAt, openDirBeneath } from '../linux/files.ts';
import type { DirEntry, Entry } from '../manifest/entry.ts';
import type { HeldTree } from './held-tree.ts';
import { type Filling, makeEntry } from './make-entry.ts';

/**
 * Makes one entry of a new tree, where its name is still free; a name that is taken is an error, for then somebody
 * else writes there. Owner and mode are set exactly: the umask must be 0. The only way anything is put into a new tree.
 */
export function putEntry(entry: Entry, tree: HeldTree, filling: Filling): void {
  try {
    const { dirfd, name } = tree.parentOf(entry.path);
    if (entry.type === 'dir') putDir(entry, tree, dirfd, name);
    else makeEntry(entry, { dirfd, name, isMadeForRoot: tree.isMadeForRoot(entry.path) }, filling);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) throw meddled(entry, error);
    throw explainErrno(error, `cannot put ${entry.type} ${escapeLines(entry.path)} into the tree`);
  }
}

function putDir(entry: DirEntry, tree: HeldTree, dirfd: number, name: string): void {
  const { uid, gid } = entry.owner;
  // mkdir(2) drops the set-id bits, and below a set-gid folder takes its group and its bit.
  makeDirAt(dirfd, name, entry.mode & 0o1777);
  tree.noteDir(entry.path, gid, entry.mode);
  if (uid === 0 && gid === 0 && entry.mode <= 0o1777 && tree.isMadeForRoot(entry.path)) return;
  const fd = openDirBeneath(dirfd, name);
  try {
    fchownSync(fd, uid, gid);
    fchmodSync(fd, entry.mode);
  } finally {
    closeSync(fd);
  }
}

function meddled(entry: Entry, cause: unknown): VirtfsError {
  return new VirtfsError('TREE_BROKEN', {
    what: `cannot put ${entry.type} ${escapeLines(entry.path)} into the new tree`,
    why: 'the name is already taken there: another program writes into the tree while it is made',
    mend: 'find out which (fuser -v DIR), then run the same command again',
    cause,
  });
}
