import { closeSync, lstatSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { escapeLines } from '../errors/escape-lines.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { openDirOfSameMount } from '../linux/files.ts';
import { heldPath } from './held-path.ts';
import { randomName } from './random-name.ts';

/** Folders held open at once, one a level: a tenant can nest them deeper than a process may open files. */
const mostLevels = 100;

/** How often a folder is emptied that somebody fills again. */
const mostRounds = 200;

/**
 * Removes `name` below `dirfd` with all it holds. Follows no link, and stops with TREE_UNSAFE at a mount point, of
 * which nothing is touched. What is already gone is no error. Throws TREE_BROKEN where others add faster than it removes.
 */
export function removeTree(dirfd: number, name: string): void {
  const steps = removal(dirfd, name, { entries: 0, bytes: 0 });
  while (!steps.next().done);
}

/** How much a removal has removed so far. */
export interface RemovalTally {
  entries: number;
  /** What the file system gets back, holes and names of files that have more of them left out. */
  bytes: number;
}

/** As `removeTree`, for what may hold millions of files: awaits `between` now and then, which may throw to end it. */
export async function removeLargeTree(
  dirfd: number,
  name: string,
  tally: RemovalTally,
  between: () => Promise<void> | undefined,
): Promise<void> {
  for (const _ of removal(dirfd, name, tally)) await between();
}

/** Pauses after some entries each. */
function* removal(dirfd: number, name: string, tally: RemovalTally): Generator<void, void> {
  const names: Buffer[] = [Buffer.from(name)];
  for (let next = names.pop(); next !== undefined; next = names.pop()) {
    yield* removeAt(next, dirfd, { level: 0, tally, bringUp: (path) => names.push(moveTo(dirfd, path)) });
  }
}

const entriesAtOnce = 64;

interface Depth {
  readonly level: number;
  readonly tally: RemovalTally;
  /** Moves a folder to where the removal began, to be removed from there later. */
  readonly bringUp: (path: Buffer) => void;
}

// Names are bytes here: a tenant's file names need not be UTF-8.
function* removeAt(name: Buffer, dirfd: number, depth: Depth): Generator<void, void> {
  for (let round = 0; round < mostRounds; round++) if (yield* removeOnce(name, dirfd, depth)) return;
  throw new VirtfsError('TREE_BROKEN', {
    what: `cannot remove '${escapeLines(name.toString())}'`,
    why: 'another program puts files into it all the time',
    mend: 'find out which (fuser -v DIR), then run the same command again',
  });
}

/** False when something was put, or swapped, between looking and removing: then it is to be looked at anew. */
function* removeOnce(name: Buffer, dirfd: number, depth: Depth): Generator<void, boolean> {
  const path = pathOf(dirfd, name);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return true;
  const { tally } = depth;
  if (tally.entries % entriesAtOnce === entriesAtOnce - 1) yield;
  const isDirectory = found.isDirectory();
  if (isDirectory && !(yield* empty(name, dirfd, depth))) return false;
  const isGone = isDirectory
    ? succeeds(() => rmdirSync(path), name, ['ENOTDIR', 'ENOTEMPTY', 'EEXIST'])
    : succeeds(() => unlinkSync(path), name, ['EISDIR']);
  if (isGone) {
    tally.entries++;
    if (isDirectory || found.nlink === 1) tally.bytes += found.blocks * 512;
  }
  return isGone;
}

function* empty(name: Buffer, dirfd: number, depth: Depth): Generator<void, boolean> {
  const fd = openToEmpty(dirfd, name);
  if (fd === undefined) return false;
  try {
    for (const child of readdirSync(heldPath(fd), { encoding: 'buffer' })) {
      if (depth.level === mostLevels) bringUpFolder(child, fd, depth);
      else yield* removeAt(child, fd, { ...depth, level: depth.level + 1 });
    }
    return true;
  } finally {
    closeSync(fd);
  }
}

function bringUpFolder(child: Buffer, fd: number, { bringUp }: Depth): void {
  const path = pathOf(fd, child);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) succeeds(() => bringUp(path), child, []);
  else if (found !== undefined) succeeds(() => unlinkSync(path), child, ['EISDIR']);
}

function moveTo(dirfd: number, path: Buffer): Buffer {
  const name = Buffer.from(randomName('.deep'));
  renameSync(path, pathOf(dirfd, name));
  return name;
}

/** undefined when the directory was swapped for something else since it was looked at. */
function openToEmpty(dirfd: number, name: Buffer): number | undefined {
  try {
    return openDirOfSameMount(dirfd, name);
  } catch (error) {
    if (isErrno(error, 'EXDEV')) throw isMount(name, error);
    if (isErrno(error, 'ENOTDIR') || isErrno(error, 'ELOOP') || isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** False for an error that shows the name to be something else by now; gone is as good as removed. */
function succeeds(change: () => void, name: Buffer, swapped: readonly string[]): boolean {
  try {
    change();
    return true;
  } catch (error) {
    if (isErrno(error, 'EBUSY') || isErrno(error, 'EXDEV')) throw isMount(name, error);
    if (isErrno(error, 'ENOENT')) return true;
    if (swapped.some((code) => isErrno(error, code))) return false;
    throw error;
  }
}

function pathOf(dirfd: number, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(heldPath(dirfd)), name]);
}

function isMount(name: Buffer, cause: unknown): VirtfsError {
  return new VirtfsError('TREE_UNSAFE', {
    what: `cannot remove '${escapeLines(name.toString())}'`,
    why: 'something is mounted there, and removing would go on into it',
    mend: 'look with findmnt, unmount it, then run the same command again',
    cause,
  });
}
