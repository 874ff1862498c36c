import { closeSync, lstatSync, readlinkSync } from 'node:fs';
import { ownDirsWithin, sharedDirs } from '../domain/shared-dirs.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { attachMount, cloneMount, makeReadOnly } from '../linux/mounts.ts';
import { heldPath } from './held-path.ts';
import { openFolder } from './open-folder.ts';

/**
 * Makes the folders whose files may be shared with other trees read-only mounts: a hard link is the same file in every
 * tree, and root could write, chown or chmod it for all of them. Folders within that are the tree's own stay writable.
 */
export function protectSharedDirs(treeFd: number): void {
  for (const name of sharedDirs) {
    const folder = openShared(treeFd, name);
    if (folder === undefined) continue;
    // Whoever lives on after a failure must not be left with more descriptors after each.
    const open = [folder];
    try {
      protectFolder(treeFd, name, folder, open);
    } finally {
      for (const fd of open) closeSync(fd);
    }
  }
}

/** All it opens it adds to `open`. */
function protectFolder(treeFd: number, name: string, folder: number, open: number[]): void {
  const own = ownDirsWithin.filter((path) => path.startsWith(`${name}/`));
  const writable = own.flatMap((path) => cloneOwn(treeFd, path, open));
  const mount = cloneMount(folder);
  open.push(mount);
  makeReadOnly(mount);
  attachMount(mount, folder);
  for (const { path, clone } of writable) attachOwn(mount, path.slice(name.length + 1), clone, open);
}

/** A link into usr, as systems with a merged /usr have it, is protected along with usr. */
function openShared(treeFd: number, name: string): number | undefined {
  // Most are links or not there; an exception for each would take longer than all that is done here.
  const found = lstatSync(heldPath(treeFd, name), { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isSymbolicLink() && name !== 'usr' && pointsIntoUsr(treeFd, name)) return undefined;
  try {
    return openFolder(treeFd, name);
  } catch (error) {
    if (isMissingDirectory(error) && name !== 'usr' && pointsIntoUsr(treeFd, name)) return undefined;
    throw error;
  }
}

function pointsIntoUsr(treeFd: number, name: string): boolean {
  try {
    return /^\/?usr\/(?!.*\.\.)/u.test(readlinkSync(heldPath(treeFd, name)));
  } catch (error) {
    if (isErrno(error, 'EINVAL')) return false;
    throw error;
  }
}

function cloneOwn(
  treeFd: number,
  path: string,
  open: number[],
): readonly { readonly path: string; readonly clone: number }[] {
  try {
    const folder = openFolder(treeFd, path);
    if (folder === undefined) return [];
    open.push(folder);
    const clone = cloneMount(folder);
    open.push(clone);
    return [{ path, clone }];
  } catch (error) {
    // A link leads to a place that has its own rule.
    if (isMissingDirectory(error)) return [];
    throw error;
  }
}

function attachOwn(mount: number, path: string, clone: number, open: number[]): void {
  const folder = openFolder(mount, path);
  if (folder === undefined) return;
  open.push(folder);
  attachMount(clone, folder);
}

function isMissingDirectory(error: unknown): boolean {
  return isErrno(error, 'ELOOP') || isErrno(error, 'ENOTDIR');
}
