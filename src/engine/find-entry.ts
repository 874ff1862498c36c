import { closeSync, constants, lstatSync, opendirSync, readlinkSync, readSync, type Stats } from 'node:fs';
import type { LinkMethod } from '../domain/record.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { openBeneath, openDirOfSameMount } from '../linux/files.ts';
import { Sha256 } from '../linux/sha256.ts';
import { modeOf, storeKeyOf } from '../manifest/entry-of.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import type { TreePath } from '../manifest/tree-path.ts';
import { heldPath } from './held-path.ts';
import type { HeldTree } from './held-tree.ts';
import type { Store } from './store.ts';

export interface Sharing {
  readonly store: Store;
  readonly link: LinkMethod;
}

/** What stands at a path of a tree. */
export type FoundEntry =
  | { readonly type: 'absent' }
  /** A link, a file or another's mount is on the way: what is behind it is none of the tree's. */
  | { readonly type: 'hidden' }
  | {
      readonly type: 'there';
      readonly isFolder: boolean;
      /** For a folder. */
      readonly isEmpty: () => boolean;
      readonly is: (entry: ManifestEntry) => boolean;
    };

/**
 * Looks at one path of a tree. `is` answers whether an entry that was laid there, or is to be, is what stands there;
 * it reads a file only when all else fits. Follows no link.
 */
export function findEntry(path: TreePath, tree: HeldTree, sharing: Sharing): FoundEntry {
  let at: { readonly dirfd: number; readonly name: string };
  try {
    at = tree.parentOf(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { type: 'absent' };
    if (isErrno(error, 'ELOOP') || isErrno(error, 'ENOTDIR') || isErrno(error, 'EXDEV'))
      return { type: 'hidden' };
    throw error;
  }
  const stats = lstatSync(heldPath(at.dirfd, at.name), { throwIfNoEntry: false });
  if (stats === undefined) return { type: 'absent' };
  const { dirfd, name } = at;
  return {
    type: 'there',
    isFolder: stats.isDirectory(),
    isEmpty: () => isEmptyDir(dirfd, name),
    is: (entry) => isEntry(entry, { stats, dirfd, name }, sharing),
  };
}

/** False for what is another's mount, or no folder by now. */
function isEmptyDir(dirfd: number, name: string): boolean {
  let fd: number;
  try {
    fd = openDirOfSameMount(dirfd, Buffer.from(name));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV'].some((code) => isErrno(error, code))) return false;
    throw error;
  }
  try {
    // Only the first name: a stranger may have made millions.
    using names = opendirSync(heldPath(fd), { bufferSize: 1 });
    return names.readSync() === null;
  } finally {
    closeSync(fd);
  }
}

interface Standing {
  readonly stats: Stats;
  readonly dirfd: number;
  readonly name: string;
}

function isEntry(entry: ManifestEntry, standing: Standing, sharing: Sharing): boolean {
  const { stats, dirfd, name } = standing;
  switch (entry.type) {
    case 'dir':
      return stats.isDirectory() && isOwned(entry, stats);
    case 'file':
      return stats.isFile() && isOwned(entry, stats) && hasContent(entry, standing, sharing);
    case 'symlink':
      return stats.isSymbolicLink() && readlinkSync(heldPath(dirfd, name)) === entry.target;
    case 'device':
      return stats.isCharacterDevice() && isOwned(entry, stats) && stats.rdev === deviceNumber(entry);
    case 'hardlink':
      return isSameInode(stats, entry.to ?? '');
  }
}

function isOwned(entry: ManifestEntry, { mode, uid, gid }: Stats): boolean {
  return (mode & 0o7777) === modeOf(entry) && uid === entry.uid && gid === entry.gid;
}

function hasContent(entry: ManifestEntry, { stats, dirfd, name }: Standing, sharing: Sharing): boolean {
  if (stats.size !== entry.size) return false;
  const { store, link } = sharing;
  if (entry.shared && link === 'hardlink' && store.isObject(storeKeyOf(entry), stats)) return true;
  return hashFile(dirfd, name, stats.size) === entry.sha256;
}

/** undefined for what is no file by now, or has grown. */
function hashFile(dirfd: number, name: string, size: number): string | undefined {
  let fd: number;
  try {
    fd = openBeneath(dirfd, name, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ELOOP') || isErrno(error, 'ENXIO')) return undefined;
    throw error;
  }
  try {
    using sum = new Sha256();
    const chunk = Buffer.allocUnsafe(Math.min(1 << 20, size + 1));
    for (let done = 0; ; ) {
      const got = readSync(fd, chunk);
      if (got === 0) return sum.digest();
      done += got;
      // Its owner writes on.
      if (done > size) return undefined;
      sum.update(chunk.subarray(0, got));
    }
  } finally {
    closeSync(fd);
  }
}

/** dev_t as makedev(3) makes it. */
function deviceNumber({ major = 0, minor = 0 }: ManifestEntry): number {
  return ((major & 0xfff) << 8) | (minor & 0xff) | ((minor & 0xfff00) << 12);
}

function isSameInode({ dev, ino }: Stats, hostPath: string): boolean {
  const other = lstatSync(hostPath, { throwIfNoEntry: false });
  return other?.dev === dev && other.ino === ino;
}
