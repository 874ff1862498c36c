import { closeSync, constants, lstatSync, opendirSync, type Stats } from 'node:fs';
import { heldPath } from '../../engine/held-path.ts';
import { isErrno } from '../../errors/virtfs-error.ts';
import { openBeneath } from '../../linux/files.ts';

/** A file of a tree that other trees have too, as its owner and mode are. */
export interface SharedFile {
  /** In the tree, absolute. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface SharedFiles {
  readonly file: SharedFile | undefined;
  readonly link: SharedFile | undefined;
  /** The common dev/log. */
  readonly log: SharedFile | undefined;
}

const folders = ['usr/bin', 'bin', 'usr/sbin', 'usr/lib', 'usr/share'];
const mostNames = 2000;

/** One of each kind that has more names than one. */
export function findShared(treeFd: number): SharedFiles {
  const isShared = (stats: Stats) => stats.nlink > 1;
  return {
    file: findIn(treeFd, folders, (stats) => isShared(stats) && stats.isFile()),
    link: findIn(treeFd, folders, (stats) => isShared(stats) && stats.isSymbolicLink()),
    log: findIn(treeFd, ['dev'], (stats, name) => name === 'log' && isShared(stats) && stats.isSocket()),
  };
}

function findIn(
  treeFd: number,
  within: readonly string[],
  isWanted: (stats: Stats, name: string) => boolean,
): SharedFile | undefined {
  for (const folder of within) {
    const fd = openFolder(treeFd, folder);
    if (fd === undefined) continue;
    try {
      const found = findInFolder(fd, isWanted);
      if (found !== undefined) return { ...found, path: `/${folder}/${found.path}` };
    } finally {
      closeSync(fd);
    }
  }
  return undefined;
}

/** A link on the way leads to a folder that is looked at by its own name. */
function openFolder(treeFd: number, folder: string): number | undefined {
  try {
    return openBeneath(treeFd, folder, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].some((code) => isErrno(error, code))) return undefined;
    throw error;
  }
}

function findInFolder(fd: number, isWanted: (stats: Stats, name: string) => boolean): SharedFile | undefined {
  using dir = opendirSync(heldPath(fd));
  for (let count = 0; count < mostNames; count++) {
    const name = dir.readSync()?.name;
    if (name === undefined) return undefined;
    const stats = lstatSync(heldPath(fd, name), { throwIfNoEntry: false });
    if (stats === undefined || !isWanted(stats, name)) continue;
    return { path: name, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid };
  }
  return undefined;
}
