import { closeSync, readdirSync } from 'node:fs';
import { removeConfLines } from '../domain/conf-lines.ts';
import { parseRemoved } from '../domain/parse-removed.ts';
import type { RemovedDomain } from '../domain/removed.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { createFileAt, linkAt, openDirBeneath, renameNewAt, unlinkAt } from '../linux/files.ts';
import { changeConfFiles } from './conf-files.ts';
import { forgetDomains } from './forget-domains.ts';
import { heldPath } from './held-path.ts';
import { hasName } from './lay-tree.ts';
import { makeOwnDir } from './open-or-make-dir.ts';
import { putStateFile } from './put-state-file.ts';
import { readTreeFile } from './read-tree-file.ts';
import { removeTree } from './remove-tree.ts';
import type { StateDir } from './state-dir.ts';

/** What is kept of a domain, and what it is called in the trash. The record goes last: see `forgetDomains`. */
// biome-ignore format: a table
export const keptFiles = [
  { part: 'previous',  name: 'previous.json' },
  { part: 'manifests', name: 'manifest.json' },
  { part: 'domains',   name: 'record.json' },
] as const;

/** A removal or a restoration is on its way: the tree is in the trash, and the domain must not exist otherwise. */
const unfinished = 'unfinished';

const mostBytes = 16 * 1024 * 1024;

/**
 * Makes a folder in the trash for a tree that is to go there, with all that is kept of the domain; gives its name. The
 * domain is as it was until `moveToTrash`, and a folder without a tree is nothing: `settleRemovals` clears it.
 */
export function prepareTrash(state: StateDir, removed: RemovedDomain): string {
  const folder = nameTrash(removed);
  const fd = makeOwnDir(state.part('trash'), folder, 0o700);
  try {
    for (const { part, name } of keptFiles) linkIfThere(state.part(part), `${removed.domain}.json`, fd, name);
    putStateFile(fd, 'removed.json', JSON.stringify(removed));
    closeSync(createFileAt(fd, unfinished, 0o600));
    return folder;
  } finally {
    closeSync(fd);
  }
}

/** Moves the tree of `domain` into its folder in the trash: from here on there is no such domain. */
export function moveToTrash(state: StateDir, folder: string, domain: string): void {
  withFolder(state, folder, (fd) => renameNewAt(state.rootFd, domain, fd, 'tree'));
}

/**
 * Clears away what the domain in `folder` was besides its tree: links to it, lines of conf files, manifest and record.
 * Can be done again. Gives sentences: what could not be done and needs a hand.
 */
export function finishRemoval(state: StateDir, folder: string): readonly string[] {
  return withFolder(state, folder, (fd) => {
    const removed = readRemoved(fd, folder);
    const problems = removed === undefined ? [] : forgetRemoved(state, removed);
    unlinkIfThere(fd, unfinished);
    return problems;
  });
}

/** Says that the domain in `folder` is on its way back: until its tree is, `settleRemovals` takes back what was put. */
export function beginRestoration(state: StateDir, folder: string): void {
  withFolder(state, folder, (fd) => {
    if (!hasName(fd, unfinished)) closeSync(createFileAt(fd, unfinished, 0o600));
  });
}

/** Gives what is kept in `folder` its place again. `name` is one of `keptFiles`. */
export function putBack(
  state: StateDir,
  folder: string,
  file: (typeof keptFiles)[number],
  domain: string,
): void {
  withFolder(state, folder, (fd) => linkIfThere(fd, file.name, state.part(file.part), `${domain}.json`));
}

/** Gives the tree in `folder` its name back: from here on the domain exists. Fails with EEXIST when the name is taken. */
export function moveFromTrash(state: StateDir, folder: string, domain: string): void {
  withFolder(state, folder, (fd) => renameNewAt(fd, 'tree', state.rootFd, domain));
  removeTree(state.part('trash'), folder);
}

/** Marks a folder of the trash whose tree is about to be deleted: it cannot be restored any more. */
export function markPurging(state: StateDir, folder: string): void {
  withFolder(state, folder, (fd) => {
    const removed = readRemoved(fd, folder);
    if (removed !== undefined && !removed.purging)
      putStateFile(fd, 'removed.json', JSON.stringify({ ...removed, purging: true }));
  });
}

/**
 * Ends what a killed virtfs left half-done in the trash: folders that got no tree, or gave it back, go; a domain whose
 * tree is there is absent whole. The lock must be held. What was being deleted stays, for `virtfs clean` to go on with:
 * it may take long.
 */
export function settleRemovals(state: StateDir): void {
  const trash = state.part('trash');
  for (const folder of readdirSync(heldPath(trash))) {
    if (!hasName(trash, `${folder}/tree`)) removeTree(trash, folder);
    else if (hasName(trash, `${folder}/${unfinished}`)) finishRemoval(state, folder);
  }
}

/** A file name has at most 255 bytes; the whole name of the domain is in the folder. */
function nameTrash({ domain, removed }: RemovedDomain): string {
  const time = removed.replaceAll(/[-:]/gu, '');
  return `${domain.slice(0, 255 - time.length - 1)}.${time}`;
}

function forgetRemoved(state: StateDir, { domain, directories }: RemovedDomain): readonly string[] {
  forgetDomains(state, new Set([domain]));
  const removeLines = (text: string): string =>
    directories.reduce((each, directory) => removeConfLines(each, directory), text);
  return changeConfFiles(state, removeLines).problems;
}

function readRemoved(fd: number, folder: string): RemovedDomain | undefined {
  const text = readTreeFile(fd, 'removed.json', mostBytes);
  return text === undefined ? undefined : parseRemoved(text, `.virtfs/trash/${folder}/removed.json`);
}

function withFolder<T>(state: StateDir, folder: string, work: (fd: number) => T): T {
  const fd = openDirBeneath(state.part('trash'), folder);
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

function linkIfThere(fromDir: number, from: string, dirfd: number, name: string): void {
  try {
    linkAt(fromDir, from, dirfd, name);
  } catch (error) {
    // A tree made by hand has no record, and few have a previous manifest.
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

function unlinkIfThere(dirfd: number, name: string): void {
  if (hasName(dirfd, name)) unlinkAt(dirfd, name);
}
