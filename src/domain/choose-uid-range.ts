import { VirtfsError } from '../errors/virtfs-error.ts';
import type { UidRange } from './record.ts';

export interface UidRangeOptions {
  /** The lowest id ever given. Debian's useradd stays below 60000, its subordinate ids begin at 100000. */
  readonly first?: number;
  /** Ids in one domain's range. */
  readonly count?: number;
}

/** 2^31-1 is -1 to programs that keep ids in a signed int; the kernel's own -1 is above it. */
const highest = 2 ** 31 - 2;

/**
 * The lowest range at or above `first` that meets none of `taken` (other domains) and `hostTaken` (the host's own and
 * subordinate ids). Throws UIDS_EXHAUSTED when it would pass 2^31-2.
 */
export function chooseUidRange(
  taken: readonly UidRange[],
  hostTaken: readonly UidRange[],
  options: UidRangeOptions = {},
): UidRange {
  const count = options.count ?? 10_000;
  let first = options.first ?? 200_000;
  const inOrder = [...taken, ...hostTaken].sort((one, other) => one.first - other.first);
  for (const range of inOrder) {
    const end = range.first + range.count;
    if (range.first < first + count && end > first) first = end;
  }
  if (first + count - 1 <= highest) return { first, count };
  throw new VirtfsError('UIDS_EXHAUSTED', {
    what: `cannot find ${count} free user ids for the domain`,
    why: `the ids up to ${highest} are taken by other domains and by the host's accounts and subordinate ids`,
    mend: 'remove domains that are no longer used (virtfs list), or shorten the ranges in /etc/subuid and /etc/subgid',
  });
}
