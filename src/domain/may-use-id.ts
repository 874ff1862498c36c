import type { UidRange } from './record.ts';
import { isSystemId } from './system-ids.ts';

/**
 * True when a program may run in a domain's tree under this user or group number: one of the domain's own range, or
 * one of the system's but root's. System numbers mean the same in every tree; the root directory keeps their holders
 * from files of other trees, Landlock from the processes. Any other number is a person of the host or of another domain.
 * `range` is undefined for a tree made by hand.
 */
export function mayUseId(id: number, range: UidRange | undefined): boolean {
  if (id === 0) return false;
  if (isSystemId(id)) return true;
  return range !== undefined && id >= range.first && id < range.first + range.count;
}
