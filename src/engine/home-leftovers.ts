import { closeSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { openDirBeneath } from '../linux/files.ts';
import { removeTree } from './remove-tree.ts';

/** A home that is being made, and one that is being removed, beside the place where homes stand. */
export const newHome = '.virtfs-home';
export const oldHome = '.virtfs-gone';

/** A mailbox that is being made. */
export const newSpool = '.virtfs-spool';

/**
 * Clears what a killed virtfs left where homes are by custom: `home`, its folders of one letter, and the mailboxes.
 * The tree's accounts must be locked. Throws TREE_UNSAFE at a mount point.
 */
export function removeHomeLeftovers(treeFd: number): void {
  const folders = ['home', ...[...'abcdefghijklmnopqrstuvwxyz'].map((letter) => `home/${letter}`)];
  for (const folder of folders) removeIn(treeFd, folder, [newHome, oldHome]);
  removeIn(treeFd, 'var/mail', [newSpool]);
}

function removeIn(treeFd: number, folder: string, names: readonly string[]): void {
  const fd = openFolderOrNone(treeFd, folder);
  if (fd === undefined) return;
  try {
    for (const name of names) removeTree(fd, name);
  } finally {
    closeSync(fd);
  }
}

/** The folder, undefined where there is none, or a link or a file stands there or on the way. */
export function openFolderOrNone(treeFd: number, path: string): number | undefined {
  try {
    return openDirBeneath(treeFd, path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].some((code) => isErrno(error, code))) return undefined;
    throw error;
  }
}
