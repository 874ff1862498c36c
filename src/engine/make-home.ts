import { closeSync, fchmodSync, fchownSync, lstatSync } from 'node:fs';
import type { Owner } from '../domain/owner.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { makeDirAt, openDirBeneath, renameNewAt } from '../linux/files.ts';
import type { TreePath } from '../manifest/tree-path.ts';
import { copySkel } from './copy-skel.ts';
import { heldPath } from './held-path.ts';
import { newHome } from './home-leftovers.ts';
import { makeOwnDir, openOrMakeDir } from './open-or-make-dir.ts';
import { removeTree } from './remove-tree.ts';

export interface HomeRequest {
  readonly path: TreePath;
  readonly owner: Owner;
  /** Give it a Maildir. */
  readonly maildir: boolean;
}

export interface MadeHome {
  /** `kept`: something had its name, and was not touched. */
  readonly result: 'made' | 'kept';
  /** Names of `etc/skel` that were left out. */
  readonly leftOut: readonly string[];
}

/**
 * Makes a home, mode 0750, with what the tree's own `etc/skel` has. It is filled where only root can enter, given away,
 * and gets its name last: a home is absent or whole. Folders on the way to it are made where they are missing. The
 * tree's accounts must be locked and the umask be 0. Throws TREE_UNSAFE where a link stands on the way, NO_SPACE.
 */
export function makeHome(treeFd: number, request: HomeRequest): MadeHome {
  const parts = request.path.split('/');
  const name = parts.pop() ?? '';
  try {
    const parent = openParent(treeFd, parts);
    try {
      if (lstatSync(heldPath(parent, name), { throwIfNoEntry: false }))
        return { result: 'kept', leftOut: [] };
      return makeIn(treeFd, parent, name, request);
    } finally {
      closeSync(parent);
    }
  } catch (error) {
    if (isErrno(error, 'ELOOP') || isErrno(error, 'ENOTDIR') || isErrno(error, 'EEXIST'))
      throw meddled(request.path, error);
    throw explainErrno(error, `cannot make the home /${request.path} in the tree`);
  }
}

function makeIn(treeFd: number, parent: number, name: string, request: HomeRequest): MadeHome {
  removeTree(parent, newHome);
  try {
    const leftOut = fillNew(treeFd, parent, request);
    renameNewAt(parent, newHome, parent, name);
    return { result: 'made', leftOut };
  } catch (error) {
    removeTree(parent, newHome);
    throw error;
  }
}

function fillNew(treeFd: number, parent: number, { owner, maildir }: HomeRequest): readonly string[] {
  const home = makeOwnDir(parent, newHome, 0o700);
  try {
    const leftOut = copySkel(treeFd, home, owner);
    if (maildir) makeMaildir(home, owner);
    fchownSync(home, owner.uid, owner.gid);
    fchmodSync(home, 0o750);
    return leftOut;
  } finally {
    closeSync(home);
  }
}

/** `etc/skel` may have brought one, or a part. */
function makeMaildir(home: number, { uid, gid }: Owner): void {
  const maildir = openOrMakeDir(home, 'Maildir');
  try {
    for (const name of ['cur', 'new', 'tmp']) {
      const fd = openOrMakeDir(maildir, name);
      fchownSync(fd, uid, gid);
      closeSync(fd);
    }
    fchownSync(maildir, uid, gid);
  } finally {
    closeSync(maildir);
  }
}

function openParent(treeFd: number, parts: readonly string[]): number {
  return parts.reduce((fd, part, index) => {
    try {
      return openOrMakeOpenDir(fd, part);
    } finally {
      if (index > 0) closeSync(fd);
    }
  }, treeFd);
}

function openOrMakeOpenDir(dirfd: number, name: string): number {
  try {
    return openDirBeneath(dirfd, name);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  makeDirAt(dirfd, name, 0o755);
  return openDirBeneath(dirfd, name);
}

function meddled(path: string, cause: unknown): VirtfsError {
  return new VirtfsError('TREE_UNSAFE', {
    what: `cannot make the home /${path} in the tree`,
    why: 'a link or a file stands on the way to it, or somebody puts one there meanwhile',
    mend: 'look at it with ls -l, move it away, then run the same command again',
    cause,
  });
}
