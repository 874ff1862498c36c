import { closeSync, fchmodSync, fchownSync } from 'node:fs';
import type { Owner } from '../domain/owner.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { createFileAt, renameNewAt } from '../linux/files.ts';
import { newSpool, openFolderOrNone } from './home-leftovers.ts';
import { removeTree } from './remove-tree.ts';

/**
 * Makes an empty mailbox `var/mail/NAME`, mode 0660. Whatever has the name stays (`kept`); `none` where the tree has no
 * such folder. The tree's accounts must be locked. Throws NO_SPACE, READ_ONLY.
 */
export function makeSpool(treeFd: number, name: string, owner: Owner): 'made' | 'kept' | 'none' {
  const folder = openFolderOrNone(treeFd, 'var/mail');
  if (folder === undefined) return 'none';
  try {
    return makeIn(folder, name, owner);
  } catch (error) {
    throw explainErrno(error, `cannot make the mailbox var/mail/${name} in the tree`);
  } finally {
    closeSync(folder);
  }
}

function makeIn(folder: number, name: string, { uid, gid }: Owner): 'made' | 'kept' {
  removeTree(folder, newSpool);
  const fd = createFileAt(folder, newSpool, 0o600);
  try {
    fchownSync(fd, uid, gid);
    fchmodSync(fd, 0o660);
    renameNewAt(folder, newSpool, folder, name);
    return 'made';
  } catch (error) {
    removeTree(folder, newSpool);
    if (isErrno(error, 'EEXIST')) return 'kept';
    throw error;
  } finally {
    closeSync(fd);
  }
}
