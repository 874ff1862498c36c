import { existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { putHostFile } from './put-host-file.ts';

export interface MadeFile {
  readonly path: string;
  /** Its first line holds `madeByVirtfs`. */
  readonly text: string;
}

/** By this in its first line a file is known to be ours. */
export const madeByVirtfs = 'Made by virtfs: ';

/** Whether the file would change. Throws PATH_TAKEN where something is that virtfs did not make. */
export function needsMadeFile({ path, text }: MadeFile): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return true;
  const old = found.isFile() ? readFileSync(path, 'utf8') : undefined;
  if (old?.split('\n', 1)[0]?.includes(madeByVirtfs)) return old !== text;
  throw new VirtfsError('PATH_TAKEN', {
    what: `cannot lay ${path}`,
    why: 'something is there that virtfs did not make',
    mend: `look at it, and move it away: ls -l ${path}`,
  });
}

/** Writes a file of ours into a folder that is there, or whose parent is. Throws PATH_MISSING, NO_SPACE, NEEDS_ROOT. */
export function putMadeFile({ path, text }: MadeFile): void {
  const folder = dirname(path);
  if (!existsSync(folder) && existsSync(dirname(folder))) mkdirSync(folder, { mode: 0o755 });
  putHostFile(path, text, 0o644);
}
