import { VirtfsError } from '../errors/virtfs-error.ts';
import type { UidRange } from './record.ts';

/**
 * A number of the domain's range that neither a user nor a group has: the one above the highest taken, as useradd(8)
 * gives it, so that a number that became free stays so for long; at the end of the range the lowest hole.
 * Throws UIDS_EXHAUSTED.
 */
export function chooseUserId(domain: string, range: UidRange, taken: ReadonlySet<number>): number {
  const last = range.first + range.count - 1;
  const own = [...taken].filter((id) => id >= range.first && id <= last);
  const next = own.reduce((highest, id) => Math.max(highest, id), range.first - 1) + 1;
  if (next <= last) return next;
  for (let id = range.first; id <= last; id++) if (!taken.has(id)) return id;
  throw new VirtfsError('UIDS_EXHAUSTED', {
    what: `cannot find a free user id in ${domain}`,
    why: `all its ids, ${range.first} to ${last}, are taken by its users and groups and by what lies in its homes`,
    mend: `remove users that are no longer needed, with their homes: virtfs user remove --home ${domain} USER`,
  });
}
