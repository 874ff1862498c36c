import { closeSync, constants, fchmodSync, fchownSync, fstatSync, futimesSync, openSync } from 'node:fs';
import type { LinkMethod } from '../domain/record.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import {
  chownAt,
  cloneFile,
  createFileAt,
  linkOpenFileAt,
  makeCharDeviceAt,
  makeDirAt,
  openDirBeneath,
} from '../linux/files.ts';
import type { DeviceEntry, DirEntry, Entry, FileEntry, HardlinkEntry } from '../manifest/entry.ts';
import { copyContents } from './copy-contents.ts';
import type { HeldTree } from './held-tree.ts';
import { writeAll } from './put-state-file.ts';
import type { Store, StoreKey } from './store.ts';

/** How a new tree is filled: from which store, and by which sharing. */
export interface Filling {
  readonly store: Store;
  readonly link: LinkMethod;
  /** The store's key of a file entry copied from the host. */
  readonly keyOf: (entry: FileEntry) => StoreKey;
}

/**
 * Makes one entry of a new tree, where its name is still free; a name that is taken is an error, for then somebody
 * else writes there. Owner and mode are set exactly: the umask must be 0. The only way anything is put into a tree.
 */
export function putEntry(entry: Entry, tree: HeldTree, filling: Filling): void {
  try {
    put(entry, tree, filling);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) throw meddled(entry, error);
    throw explainErrno(error, `cannot put ${entry.type} ${escapeLines(entry.path)} into the tree`);
  }
}

function put(entry: Entry, tree: HeldTree, filling: Filling): void {
  const { dirfd, name } = tree.parentOf(entry.path);
  switch (entry.type) {
    case 'dir':
      putDir(entry, tree, dirfd, name);
      break;
    case 'file':
      if (entry.shared) putShared(entry, dirfd, name, filling);
      else putOwn(entry, tree, dirfd, name, filling);
      break;
    case 'symlink':
      filling.store.linkSymlink(entry.target, dirfd, name);
      break;
    case 'device':
      putDevice(entry, dirfd, name);
      break;
    case 'hardlink':
      putHardlink(entry, dirfd, name);
      break;
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

function putShared(entry: FileEntry, dirfd: number, name: string, filling: Filling): void {
  const key = filling.keyOf(entry);
  if (filling.link === 'hardlink') filling.store.linkFile(key, dirfd, name);
  else putStored(entry, key, dirfd, name, filling);
}

function putOwn(entry: FileEntry, tree: HeldTree, dirfd: number, name: string, filling: Filling): void {
  if ('copyOf' in entry.source) putStored(entry, filling.keyOf(entry), dirfd, name, filling);
  else {
    const bytes = 'text' in entry.source ? Buffer.from(entry.source.text) : entry.source.bytes;
    const { uid, gid } = entry.owner;
    if (uid === 0 && gid === 0 && entry.mode <= 0o777 && tree.isMadeForRoot(entry.path)) {
      const fd = createFileAt(dirfd, name, entry.mode);
      try {
        writeAll(fd, bytes);
      } finally {
        closeSync(fd);
      }
    } else withNewFile(entry, dirfd, name, (fd) => writeAll(fd, bytes));
  }
}

function putStored(entry: FileEntry, key: StoreKey, dirfd: number, name: string, filling: Filling): void {
  const from = filling.store.open(key);
  try {
    putCopy(entry, from, dirfd, name, filling.link);
  } finally {
    closeSync(from);
  }
}

function putCopy(entry: FileEntry, from: number, dirfd: number, name: string, link: LinkMethod): void {
  withNewFile(entry, dirfd, name, (fd) => {
    if (link === 'reflink') cloneFile(fd, from);
    else copyContents(from, fd);
    const { atimeMs, mtimeMs } = fstatSync(from);
    futimesSync(fd, atimeMs / 1000, mtimeMs / 1000);
  });
}

function withNewFile(entry: FileEntry, dirfd: number, name: string, fill: (fd: number) => void): void {
  const fd = createFileAt(dirfd, name, 0o600);
  try {
    fill(fd);
    // The owner first: chown(2) clears set-id bits.
    fchownSync(fd, entry.owner.uid, entry.owner.gid);
    fchmodSync(fd, entry.mode);
  } finally {
    closeSync(fd);
  }
}

function putDevice(entry: DeviceEntry, dirfd: number, name: string): void {
  makeCharDeviceAt(dirfd, name, entry.mode, entry.major, entry.minor);
  chownAt(dirfd, name, entry.owner.uid, entry.owner.gid);
}

// The socket is opened first, so that what gets the second name is what was looked at.
function putHardlink(entry: HardlinkEntry, dirfd: number, name: string): void {
  const pathOnly = 0o10000000;
  const fd = openSync(entry.to, pathOnly | constants.O_NOFOLLOW);
  try {
    linkOpenFileAt(fd, dirfd, name);
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
