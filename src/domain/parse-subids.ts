import type { UidRange } from './record.ts';

/** The ranges of a subuid(5) or subgid(5) file. Lines that are not `name:first:count` grant nothing and are skipped. */
export function parseSubids(text: string): UidRange[] {
  return text.split('\n').flatMap((line) => {
    const match = /^[^:]+:(?<first>\d{1,10}):(?<count>\d{1,10})$/u.exec(line.trim());
    const range = {
      first: Number(match?.groups?.first ?? 0),
      count: Number(match?.groups?.count ?? 0),
    };
    return range.count > 0 ? [range] : [];
  });
}

/** Every user or group id of a passwd(5) or group(5) file (both have it in the third field), as ranges of one. */
export function parseUsedIds(text: string): UidRange[] {
  return text.split('\n').flatMap((line) => {
    const id = line.split(':')[2] ?? '';
    return /^\d{1,10}$/u.test(id) ? [{ first: Number(id), count: 1 }] : [];
  });
}
