import { isErrno } from '../../errors/virtfs-error.ts';
import { unlinkAt } from '../../linux/files.ts';
import { listDir } from '../../linux/list-dir.ts';
import { statAt } from '../../linux/stat-at.ts';
import type { Maildir } from './open-maildir.ts';

const oldAfterMs = 36 * 60 * 60 * 1000;
const mostNames = 1000;

/**
 * Removes files in `tmp` that nobody wrote to for 36 hours: deliveries that were cut short (maildir(5)). Looks at a
 * thousand at the most; the next call finds others. Throws the system's errors.
 */
export function reapTmp({ tmp }: Pick<Maildir, 'tmp'>, nowMs: number): void {
  for (const { name } of listDir(tmp, mostNames)) {
    const found = statAt(tmp, name);
    if (found?.type === 'file' && nowMs - found.mtimeMs > oldAfterMs) removeOld(tmp, name);
  }
}

function removeOld(tmp: number, name: string): void {
  try {
    unlinkAt(tmp, name);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
