import { closeSync, constants, fstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { statPlace } from '../linux/stat-place.ts';

/** A tree as the kernel knows it. */
export interface TreePlace {
  readonly dev: bigint;
  readonly ino: bigint;
  /** Absolute, without links. */
  readonly path: string;
}

/** How a process is in a tree. One whose root directory it is has all the rest in it too, and only that is said. */
export type TreeUse = 'root' | 'cwd' | 'program' | 'file';

export interface TreeProcess {
  readonly pid: number;
  /** Its arguments, or the name the kernel has for it; a stranger's text, the first bytes of it. */
  readonly command: string;
  /** Its effective user. */
  readonly uid: number;
  readonly uses: readonly TreeUse[];
}

/**
 * The processes whose root directory, working directory, program or open files lie in the tree, by pid. They may be in
 * any mount namespace. Left out are ourselves, the threads of the kernel, and what may not be looked at without root.
 */
export function listTreeProcesses(tree: TreePlace): readonly TreeProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => findTreeProcess(tree, Number(name)) ?? [])
    .sort((one, other) => one.pid - other.pid);
}

/** The process `pid` if it is in the tree by now, as `listTreeProcesses` gives it. */
export function findTreeProcess(tree: TreePlace, pid: number): TreeProcess | undefined {
  if (pid === process.pid) return undefined;
  const uses = usesOf(tree, pid);
  if (uses.length === 0) return undefined;
  const status = readBeginning(`/proc/${pid}/status`) ?? '';
  const uid = /^Uid:\s+\d+\s+(?<effective>\d+)/mu.exec(status)?.groups?.effective;
  return uid === undefined ? undefined : { pid, command: commandOf(pid, status), uid: Number(uid), uses };
}

function usesOf(tree: TreePlace, pid: number): readonly TreeUse[] {
  const uses = new Set<TreeUse>();
  const tasks = namesIn(`/proc/${pid}/task`);
  // Each thread may have directories of its own, and the first one may have ended: then only the others show any.
  for (const task of tasks) {
    const folder = `/proc/${pid}/task/${task}`;
    if (isRootOf(tree, folder)) return ['root'];
    if (liesIn(tree, `${folder}/cwd`)) uses.add('cwd');
  }
  const alive = tasks.find((task) => linkOf(`/proc/${pid}/task/${task}/exe`) !== undefined);
  if (alive === undefined) return [...uses];
  const folder = `/proc/${pid}/task/${alive}`;
  if (liesIn(tree, `${folder}/exe`)) uses.add('program');
  if (namesIn(`${folder}/fd`).some((fd) => liesIn(tree, `${folder}/fd/${fd}`))) uses.add('file');
  return [...uses];
}

// Another mount namespace may have the tree mounted elsewhere: then its path says nothing here. A root directory within
// the tree has another inode, and a path that does.
function isRootOf(tree: TreePlace, folder: string): boolean {
  try {
    const { dev, ino } = statPlace(`${folder}/root/`);
    if (dev === tree.dev && ino === tree.ino) return true;
  } catch (error) {
    if (!isGone(error)) throw error;
    return false;
  }
  return liesIn(tree, `${folder}/root`);
}

function liesIn(tree: TreePlace, link: string): boolean {
  const { path } = tree;
  const target = linkOf(link);
  if (target === undefined) return false;
  if (target === tooLong) return isFolderBelow(tree, link);
  return target === path || target.startsWith(`${path}/`) || target === `${path} (deleted)`;
}

/** What the kernel does not say of a place whose path is longer than a page: anybody can make folders that deep. */
const tooLong = Symbol('too long');

function linkOf(link: string): string | typeof tooLong | undefined {
  try {
    return readlinkSync(link);
  } catch (error) {
    if (isErrno(error, 'ENAMETOOLONG')) return tooLong;
    if (isGone(error)) return undefined;
    throw error;
  }
}

const openAsPath = 0o10000000;

/** From the folder upwards, until the tree or the top. A file has no way upwards: where it lies stays unknown. */
function isFolderBelow(tree: TreePlace, link: string): boolean {
  let fd: number | undefined;
  try {
    fd = openSync(link, openAsPath | constants.O_DIRECTORY);
    for (let below: bigint | undefined; ; ) {
      const { dev, ino } = fstatSync(fd, { bigint: true });
      if (dev === tree.dev && ino === tree.ino) return true;
      if (ino === below) return false;
      below = ino;
      const above = openSync(`/proc/self/fd/${fd}/..`, openAsPath | constants.O_DIRECTORY);
      closeSync(fd);
      fd = above;
    }
  } catch (error) {
    if (isGone(error) || isErrno(error, 'ENOTDIR')) return false;
    throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** It ended meanwhile, it is a thread of the kernel, or it is none of ours to look at. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => isErrno(error, code));
}

function commandOf(pid: number, status: string): string {
  const words = (readBeginning(`/proc/${pid}/cmdline`) ?? '').replace(/\0+$/u, '').replaceAll('\0', ' ');
  if (words !== '') return words;
  return /^Name:\t(?<name>.*)$/mu.exec(status)?.groups?.name ?? '';
}

const mostBytes = 4096;

function readBeginning(path: string): string | undefined {
  try {
    const fd = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(mostBytes);
      return bytes.toString('utf8', 0, readSync(fd, bytes));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
