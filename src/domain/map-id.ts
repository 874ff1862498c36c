import type { UidRange } from './record.ts';
import { isSystemId } from './system-ids.ts';

/**
 * What a user or group number of one domain is in another that has a range of the same length: the system's stay as
 * they are, the domain's own keep their place in the range. undefined for any other: it is somebody else's.
 */
export function mapId(id: number, from: UidRange, to: UidRange): number | undefined {
  if (isSystemId(id)) return id;
  const place = id - from.first;
  return place >= 0 && place < from.count && place < to.count ? to.first + place : undefined;
}
