import { lstatSync } from 'node:fs';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { renameNewAt } from '../linux/files.ts';
import { dirEntryType, listDir } from '../linux/list-dir.ts';
import type { Entry } from '../manifest/entry.ts';
import type { TreePath } from '../manifest/tree-path.ts';
import { heldPath } from './held-path.ts';
import { HeldTree } from './held-tree.ts';
import { makeOwnDir } from './open-or-make-dir.ts';

/** Makes an empty tree in the stage, mode 0755, and holds it open. The umask must be 0. Throws NO_SPACE, READ_ONLY. */
export function stageTree(stageFd: number, name: string): HeldTree {
  try {
    return new HeldTree(makeOwnDir(stageFd, name, 0o755));
  } catch (error) {
    throw explainErrno(error, `cannot begin the tree ${name}`);
  }
}

/**
 * Gives the staged tree `staged` its name among the trees, in one step. Fails with EEXIST when the name is taken.
 * Throws NO_SPACE, READ_ONLY.
 */
export function publishTree(stageFd: number, staged: string, rootFd: number, name: string): void {
  try {
    renameNewAt(stageFd, staged, rootFd, name);
  } catch (error) {
    throw explainErrno(error, `cannot give the tree ${name} its name`);
  }
}

/**
 * Compares a new tree with its plan: each folder holds the planned names and no other, each of the planned type.
 * Throws TREE_BROKEN at the first difference.
 */
export function checkNewTree(tree: HeldTree, entries: readonly Entry[]): void {
  const planned = new Map<string, Map<string, Entry['type']>>([['', new Map()]]);
  for (const { type, path } of entries) {
    if (type === 'dir') planned.set(path, planned.get(path) ?? new Map());
    const slash = path.lastIndexOf('/');
    const dir = path.slice(0, Math.max(slash, 0));
    const names = planned.get(dir) ?? new Map<string, Entry['type']>();
    planned.set(dir, names.set(path.slice(slash + 1), type));
  }
  for (const [dir, names] of planned) checkDir(tree, dir, names);
}

function checkDir(tree: HeldTree, dir: string, names: ReadonlyMap<string, Entry['type']>): void {
  const found = listDir(openPlanned(tree, dir));
  for (const { name, type } of found) {
    const planned = names.get(name);
    const right = planned === 'hardlink' || (planned !== undefined && typeOf[planned] === type);
    if (!right) throw differs(`${dir}/${name}`, 'something else stands there than was put');
  }
  if (found.length === names.size) return;
  const there = new Set(found.map(({ name }) => name));
  const gone = [...names.keys()].find((name) => !there.has(name));
  throw differs(`${dir}/${gone ?? ''}`, 'it was put there, and is gone');
}

const typeOf = {
  dir: dirEntryType.dir,
  file: dirEntryType.file,
  symlink: dirEntryType.symlink,
  device: dirEntryType.charDevice,
} as const;

function openPlanned(tree: HeldTree, dir: string): number {
  try {
    return tree.dir(dir as TreePath | '');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].some((code) => isErrno(error, code))) {
      throw differs(dir, 'it was put there, and something else stands on the way to it');
    }
    throw error;
  }
}

function differs(path: string, why: string): VirtfsError {
  return new VirtfsError('TREE_BROKEN', {
    what: `cannot finish the new tree: ${escapeLines(path)} is not as planned`,
    why: `${why}: another program writes into the tree while it is made`,
    mend: 'find out which (fuser -v DIR), then run the same command again',
  });
}

/** True when `name` stands in the directory, even as a link that leads nowhere. */
export function hasName(dirfd: number, name: string): boolean {
  return lstatSync(heldPath(dirfd, name), { throwIfNoEntry: false }) !== undefined;
}
