import { readFileSync } from 'node:fs';
import { parseSubids } from '../domain/parse-subids.ts';
import type { UidRange } from '../domain/record.ts';
import { isErrno } from '../errors/virtfs-error.ts';

/** The ids this host uses itself: its users and groups, and the subordinate ids of its containers. */
export function listHostIds(): UidRange[] {
  const accounts = ['/etc/passwd', '/etc/group'].flatMap((path) => readIds(path));
  const subids = ['/etc/subuid', '/etc/subgid'].flatMap((path) => parseSubids(readIfThere(path)));
  return [...accounts, ...subids];
}

/** The third field of each line: passwd(5), group(5). */
function readIds(path: string): UidRange[] {
  return readIfThere(path)
    .split('\n')
    .map((line) => line.split(':')[2] ?? '')
    .filter((id) => /^\d{1,10}$/u.test(id))
    .map((id) => ({ first: Number(id), count: 1 }));
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return '';
    throw error;
  }
}
