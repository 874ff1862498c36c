import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';

/** Files of one tree that have other content by now. */
export interface ReplacedFiles {
  /** The tree's inode, as `nameInode` writes it. */
  readonly tree: string;
  /** Absolute path of the tree, without links. */
  readonly path: string;
  /** Paths inside the tree. Asked for where a program runs in it. */
  readonly files: () => ReadonlySet<string>;
}

export interface UsingProcess {
  readonly tree: string;
  readonly pid: number;
  /** Its arguments, or the name the kernel has for it: a stranger's text. */
  readonly command: string;
  /** Of the replaced files, those it goes on with. */
  readonly files: readonly string[];
}

export function nameInode({
  dev,
  ino,
}: {
  readonly dev: number | bigint;
  readonly ino: number | bigint;
}): string {
  return `${dev}:${ino}`;
}

/**
 * The processes whose root directory is one of the trees and that still have replaced files of it mapped: they go on
 * with the old ones until they are started anew. By pid.
 */
export function listStaleProcesses(trees: readonly ReplacedFiles[]): readonly UsingProcess[] {
  const byInode = new Map(trees.map((each) => [each.tree, each]));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((pid) => {
      const tree = byInode.get(rootOf(pid));
      const files = tree === undefined ? [] : listReplaced(tree, pid);
      return tree === undefined || files.length === 0
        ? []
        : [{ tree: tree.tree, pid: Number(pid), command: commandOf(pid), files }];
    })
    .sort((one, other) => one.pid - other.pid);
}

// The inode tells: virtexec enters a mount of the tree, whose path says nothing here.
function rootOf(pid: string): string {
  try {
    return nameInode(statSync(`/proc/${pid}/root/`, { bigint: true }));
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

/** A file whose name another one took is shown as deleted, however many names it has elsewhere: proc_pid_maps(5). */
function listReplaced({ path, files }: ReplacedFiles, pid: string): readonly string[] {
  const replaced = files();
  const found = new Set<string>();
  for (const line of readIfThere(`/proc/${pid}/maps`).split('\n')) {
    const mapped = /^\S+ \S+ \S+ \S+ \d+ +(?<path>\/.*) \(deleted\)$/u.exec(line)?.groups?.path;
    if (mapped === undefined) continue;
    const inside = mapped.startsWith(`${path}/`) ? mapped.slice(path.length + 1) : mapped.slice(1);
    if (replaced.has(inside)) found.add(inside);
  }
  return [...found].sort();
}

function commandOf(pid: string): string {
  const words = readIfThere(`/proc/${pid}/cmdline`).slice(0, 4096).replace(/\0+$/u, '').replaceAll('\0', ' ');
  return words === '' ? readIfThere(`/proc/${pid}/comm`).trim() : words;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

/** It ended meanwhile, or it is a thread of the kernel. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => isErrno(error, code));
}
