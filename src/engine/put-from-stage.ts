import { closeSync, fchmodSync, fsyncSync } from 'node:fs';
import { createFileAt, renameAt } from '../linux/files.ts';
import { writeAll } from './put-state-file.ts';
import { randomName } from './random-name.ts';
import type { StateDir } from './state-dir.ts';

/**
 * Writes a whole file of root below `dirfd`, on the file system of the state: its name holds the old content or the new,
 * never a part, and the content is on the disk before it has the name. It comes from the stage, which is cleared after a
 * kill. Throws the system's error.
 */
export function putFromStage(
  state: StateDir,
  dirfd: number,
  file: { readonly name: string; readonly content: Uint8Array; readonly mode: number },
): void {
  const stage = state.part('stage');
  const temp = randomName('file');
  const fd = createFileAt(stage, temp, file.mode);
  try {
    writeAll(fd, file.content);
    fchmodSync(fd, file.mode);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameAt(stage, temp, dirfd, file.name);
}
