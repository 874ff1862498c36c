import { closeSync } from 'node:fs';
import { removeLargeTree, removeTree } from '../engine/remove-tree.ts';
import type { StateDir } from '../engine/state-dir.ts';
import { markPurging } from '../engine/trash.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { findExpiry, type TrashedDomain } from '../host/read-trash.ts';
import { openDirBeneath } from '../linux/files.ts';
import { counted, megabytes } from './count-words.ts';
import { pace } from './pace.ts';
import type { PurgedTree } from './remove-request.ts';

/** True for what the next `virtfs remove` or `virtfs clean` deletes: its days are over, or deleting it has begun. */
export function isDue(trashed: TrashedDomain, trashDays: number): boolean {
  const expiry = findExpiry(trashed, trashDays);
  return trashed.purging === true || (expiry !== undefined && expiry.getTime() <= Date.now());
}

export interface Purge {
  readonly state: StateDir;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/**
 * Deletes trees of the trash for good. Crosses no mount and no link: at a mount it stops with TREE_UNSAFE. After an error
 * or an interruption the rest of the tree cannot be restored, and the next `remove` or `clean` goes on.
 */
export async function purgeTrash(
  trashed: readonly TrashedDomain[],
  purge: Purge,
): Promise<readonly PurgedTree[]> {
  const purged: PurgedTree[] = [];
  for (const each of trashed) purged.push(await purgeOne(each, purge));
  const bytes = purged.reduce((sum, each) => sum + each.bytes, 0);
  purge.note(purged.length === 0 ? 'nothing' : `${counted(purged.length, 'tree')}, ${megabytes(bytes)}`);
  return purged;
}

async function purgeOne(
  { domain, removed, folder }: TrashedDomain,
  { state, signal, note }: Purge,
): Promise<PurgedTree> {
  const tally = { entries: 0, bytes: 0 };
  const pause = pace(signal);
  const between = () => {
    const waiting = pause();
    // As often as others have their turn, and no more: the list is drawn then.
    if (waiting !== undefined) note(`${domain}, ${counted(tally.entries, 'entry', 'entries')}`);
    return waiting;
  };
  try {
    markPurging(state, folder);
    // The tree first: the record says which user ids its files have, and none of those is given away till then.
    const trash = state.part('trash');
    const fd = openDirBeneath(trash, folder);
    try {
      await removeLargeTree(fd, 'tree', tally, between);
    } finally {
      closeSync(fd);
    }
    removeTree(trash, folder);
  } catch (error) {
    throw explainErrno(error, `cannot delete the removed tree of ${domain}`);
  }
  return { domain, removed, ...tally };
}
