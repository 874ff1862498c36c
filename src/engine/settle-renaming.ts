import { fsyncSync, lstatSync, readdirSync } from 'node:fs';
import { renameConfDirectory } from '../domain/conf-lines.ts';
import { parseRenaming, type Renaming } from '../domain/renaming.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { symlinkAt, syncFileSystem, unlinkAt } from '../linux/files.ts';
import { readAliasTarget, repointAlias } from './alias-links.ts';
import { type ChangedConf, changeConfFiles, confDirectories } from './conf-files.ts';
import { heldPath } from './held-path.ts';
import { readTreeFile } from './read-tree-file.ts';
import { removeTree } from './remove-tree.ts';
import type { StateDir } from './state-dir.ts';

/** Beside the parts, where no part's own sweeping comes. */
export const renamingFile = 'renaming.json';

const mostBytes = 65_536;

export interface SettledRenaming extends ChangedConf {
  readonly renaming: Renaming;
  /** True when the domain has its new name, false when it is as it was. */
  readonly isDone: boolean;
}

/**
 * Ends a renaming that was begun, however far it came: when the tree has its new name, all that names the domain follows;
 * else what was written for the new name goes. Undefined when none was begun. The lock must be held.
 * Throws BAD_RECORD, NO_SPACE, READ_ONLY.
 */
export function settleRenaming(state: StateDir): SettledRenaming | undefined {
  const text = readTreeFile(state.fd, renamingFile, mostBytes);
  if (text === undefined) return undefined;
  const renaming = parseRenaming(text, `.virtfs/${renamingFile}`);
  const isDone = hasNewName(state.rootFd, renaming);
  const conf = isDone ? finish(state, renaming) : { changed: [], problems: [] };
  forget(state, isDone ? renaming.from : renaming.to);
  // What was done must not be lost when the one thing that tells how to do it is gone.
  syncFileSystem(state.fd);
  unlinkAt(state.fd, renamingFile);
  return { ...conf, renaming, isDone };
}

/** By the inode; after a copy to another disk, where that says nothing, by which of the names there is. */
function hasNewName(rootFd: number, { from, to, inode }: Renaming): boolean {
  const found = folderInode(rootFd, to);
  return found !== undefined && (found === inode || folderInode(rootFd, from) === undefined);
}

function folderInode(rootFd: number, name: string): string | undefined {
  const found = lstatSync(heldPath(rootFd, name), { throwIfNoEntry: false, bigint: true });
  return found?.isDirectory() ? String(found.ino) : undefined;
}

function finish(state: StateDir, { from, to, keepAlias, roots }: Renaming): ChangedConf {
  const { rootFd } = state;
  for (const name of readdirSync(heldPath(rootFd))) {
    if (readAliasTarget(rootFd, name) === from) repointAlias(state, name, to);
  }
  if (keepAlias) putAlias(rootFd, from, to);
  fsyncSync(rootFd);
  return changeConfFiles(state, (text) =>
    roots.reduce((each, root) => {
      const [old = '', next = ''] = [from, to].flatMap((name) => confDirectories([root], [name]));
      return renameConfDirectory(each, old, next);
    }, text),
  );
}

function putAlias(rootFd: number, alias: string, domain: string): void {
  try {
    symlinkAt(domain, rootFd, alias);
  } catch (error) {
    // It was put before a kill, or somebody else took the name.
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

/** The record last: without it nothing tells that the others belong to no domain. */
function forget(state: StateDir, domain: string): void {
  for (const part of ['previous', 'manifests', 'domains'] as const) {
    removeTree(state.part(part), `${domain}.json`);
  }
}
