import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  opendirSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import type { Owner } from '../domain/owner.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { createFileAt, openBeneath, openDirBeneath, symlinkAt } from '../linux/files.ts';
import { heldPath } from './held-path.ts';
import { makeOwnDir } from './open-or-make-dir.ts';
import { writeAll } from './put-state-file.ts';

/** `etc/skel` is the tree's, and each new user costs as much of the disk. */
const most = { entries: 1000, bytes: 16 * 1024 * 1024, levels: 16 };

interface Copying {
  readonly owner: Owner;
  entries: number;
  bytes: number;
  /** Paths below skel. */
  readonly leftOut: string[];
}

/**
 * Copies what the tree's `etc/skel` holds into an open folder of root's: regular files and folders, which go to `owner`
 * without set-id bits, and links as links. Returns the names of all else, which is left out. No skel is none.
 * Throws TREE_UNSAFE for a skel beyond all measure.
 */
export function copySkel(treeFd: number, home: number, owner: Owner): readonly string[] {
  const copying: Copying = { owner, entries: 0, bytes: 0, leftOut: [] };
  const skel = openOrNone(treeFd, 'etc/skel');
  if (skel === undefined) return [];
  try {
    if (fstatSync(skel).isDirectory()) copyFolder(skel, home, '', 1, copying);
    else copying.leftOut.push('etc/skel');
  } finally {
    closeSync(skel);
  }
  return copying.leftOut;
}

function copyFolder(from: number, to: number, path: string, level: number, copying: Copying): void {
  if (level > most.levels) throw tooMuch(`goes deeper than ${most.levels} folders`);
  const folder = opendirSync(heldPath(from));
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      if (++copying.entries > most.entries) throw tooMuch(`holds more than ${most.entries} names`);
      copyEntry(from, to, entry.name, `${path}${entry.name}`, level, copying);
    }
  } finally {
    folder.closeSync();
  }
}

function copyEntry(
  from: number,
  to: number,
  name: string,
  path: string,
  level: number,
  copying: Copying,
): void {
  const fd = openOrNone(from, name);
  if (fd === undefined) {
    if (!copyLink(from, to, name)) copying.leftOut.push(path);
    return;
  }
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) {
      const folder = makeOwnDir(to, name, 0o700);
      try {
        copyFolder(fd, folder, `${path}/`, level + 1, copying);
        giveAway(folder, copying.owner, stat.mode);
      } finally {
        closeSync(folder);
      }
    } else if (stat.isFile()) copyFile(fd, to, name, stat.mode, copying);
    else copying.leftOut.push(path);
  } finally {
    closeSync(fd);
  }
}

function copyFile(from: number, to: number, name: string, mode: number, copying: Copying): void {
  const fd = createFileAt(to, name, 0o600);
  const chunk = Buffer.allocUnsafe(65_536);
  try {
    for (let size = readSync(from, chunk); size > 0; size = readSync(from, chunk)) {
      copying.bytes += size;
      if (copying.bytes > most.bytes) throw tooMuch(`holds more than ${most.bytes / 1024 / 1024} MiB`);
      writeAll(fd, chunk.subarray(0, size));
    }
    giveAway(fd, copying.owner, mode);
  } finally {
    closeSync(fd);
  }
}

/** The link stays root's: by its name alone it could only be given away together with what somebody put in its place. */
function copyLink(from: number, to: number, name: string): boolean {
  try {
    symlinkAt(readlinkSync(heldPath(from, name)), to, name);
    return true;
  } catch (error) {
    // No link, or a name that is no UTF-8.
    if (isErrno(error, 'EINVAL') || isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** The owner first: chown(2) clears set-id bits, which are not wanted anyway. */
function giveAway(fd: number, { uid, gid }: Owner, mode: number): void {
  fchownSync(fd, uid, gid);
  fchmodSync(fd, mode & 0o777);
}

/** undefined for a link, a socket, or nothing. A FIFO would wait for a writer, a terminal become ours. */
function openOrNone(dirfd: number, name: string): number | undefined {
  try {
    const kind = pathOnlyKind(dirfd, name);
    if (kind === 'other') return undefined;
    if (kind === 'folder') return openDirBeneath(dirfd, name);
    return openBeneath(dirfd, name, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    const codes = ['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO', 'ENODEV'];
    if (codes.some((code) => isErrno(error, code))) return undefined;
    throw error;
  }
}

/** Asked without opening it: a device may act when it is opened. */
function pathOnlyKind(dirfd: number, name: string): 'folder' | 'file' | 'other' {
  const oPath = 0o10000000;
  const fd = openBeneath(dirfd, name, oPath);
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) return 'folder';
    return stat.isFile() ? 'file' : 'other';
  } finally {
    closeSync(fd);
  }
}

function tooMuch(why: string): VirtfsError {
  return new VirtfsError('TREE_UNSAFE', {
    what: "cannot fill a new home from the tree's etc/skel",
    why: `it ${why}`,
    mend: 'look at what is in it, and take out what no home needs',
  });
}
