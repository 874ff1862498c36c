import { isSameEntry } from '../manifest/compare-entries.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import type { Keeping } from './decide-keeping.ts';

/** What stands in a tree where an entry was laid or is to be. */
export type Found =
  /** Nothing. */
  | 'absent'
  /** What was laid there last. */
  | 'as before'
  /** What is to be there. */
  | 'as after'
  /** A folder with another mode or owner, or where no folder was laid. */
  | 'folder'
  /** The same, with nothing in it. */
  | 'empty folder'
  /** Nobody can tell: a link, a file or a mount is in the place of a folder on the way. */
  | 'hidden'
  /** Something else, which the domain or its root put there. */
  | 'other';

/**
 * - `put`: lay the new entry, whatever stands there.
 * - `remove`: take away what virtfs laid.
 * - `lay beside`: the domain changed the file; the new one goes beside it.
 * - `leave`: nothing to do.
 * - `blocked`: a folder that holds something stands where a file belongs, or the reverse, and nobody can tell whose it is;
 *   or something is on the way.
 */
export type Decision = 'put' | 'remove' | 'lay beside' | 'leave' | 'blocked';

export interface ChangeCase {
  readonly keeping: Keeping;
  readonly before: ManifestEntry | undefined;
  readonly after: ManifestEntry | undefined;
  readonly found: Found;
}

/** The three-way decision of an update: what was laid, what would be laid today, what is there. */
export function decideChange(change: ChangeCase): Decision {
  const { before, after, found } = change;
  if (found === 'as after') return 'leave';
  if (found === 'hidden') return isOurs(change) ? 'blocked' : 'leave';
  if (after === undefined) return before === undefined ? 'leave' : decideRemoval(change);
  if (after.type === 'dir') return decideFolder(change);
  if (found === 'folder' || (found === 'empty folder' && change.keeping !== 'system'))
    return change.keeping === 'data' ? 'leave' : 'blocked';
  return change.keeping === 'system' ? 'put' : decideOwn(change);
}

/** True where the host has a say. */
function isOurs({ keeping }: ChangeCase): boolean {
  return keeping === 'system' || keeping === 'configuration';
}

function decideOwn({ keeping, before, after, found }: ChangeCase): Decision {
  if (before === undefined && found === 'absent') return 'put';
  if (keeping !== 'configuration' || found === 'absent') return 'leave';
  if (before === undefined) return 'lay beside';
  // What the domain changed or removed stays so as long as there is nothing new.
  if (after === undefined || isSameEntry(before, after)) return 'leave';
  return found === 'as before' ? 'put' : 'lay beside';
}

function decideRemoval({ keeping, before, found }: ChangeCase): Decision {
  if (keeping === 'data' || keeping === 'accounts') return 'leave';
  if (before?.type === 'dir')
    return ['as before', 'folder', 'empty folder'].includes(found) ? 'remove' : 'leave';
  return found === 'as before' ? 'remove' : 'leave';
}

function decideFolder({ keeping, before, after, found }: ChangeCase): Decision {
  if (found === 'absent') return keeping === 'system' || before === undefined ? 'put' : 'leave';
  if (found === 'other') return keeping === 'system' ? 'put' : 'blocked';
  const isAsked = before === undefined || after === undefined || !isSameEntry(before, after);
  // The domain may have chosen another mode for a folder of its own.
  return keeping === 'system' || (isAsked && found === 'as before') ? 'put' : 'leave';
}
