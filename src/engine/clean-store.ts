import { closeSync, lstatSync } from 'node:fs';
import { openDirBeneath, unlinkAt } from '../linux/files.ts';
import { listDir } from '../linux/list-dir.ts';
import { heldPath } from './held-path.ts';

/** How much was found that nobody needs, or removed. */
export interface CleanTally {
  files: number;
  /** What the disk gets back: files that trees still share are not counted. */
  bytes: number;
}

export interface CleanOptions {
  /** True for an object that has to stay, by its path in the store: `aa/<sha256>.<mode>`, `ln/<sha256>`. */
  readonly isNeeded: (object: string) => boolean;
  /** Only count. */
  readonly dryRun: boolean;
  readonly between: () => Promise<void> | undefined;
}

/**
 * Removes from the store of a root, an open folder, the objects that are not needed. Trees that share one keep it: only
 * its name in the store goes. What has no name of an object stays. The lock must be held.
 */
export async function cleanStore(storeFd: number, tally: CleanTally, options: CleanOptions): Promise<void> {
  for (const { name } of listDir(storeFd)) {
    if (!/^(?:[0-9a-f]{2}|ln)$/u.test(name)) continue;
    const fd = openDirBeneath(storeFd, name);
    try {
      await cleanFolder(fd, name, tally, options);
    } finally {
      closeSync(fd);
    }
  }
}

async function cleanFolder(
  fd: number,
  folder: string,
  tally: CleanTally,
  { isNeeded, dryRun, between }: CleanOptions,
): Promise<void> {
  for (const { name } of listDir(fd)) {
    const object = objectOf(folder, name);
    if (object === undefined || isNeeded(object)) continue;
    countFile(fd, name, tally);
    if (!dryRun) unlinkAt(fd, name);
    await between();
  }
}

/** Counts a file that goes. */
export function countFile(dirfd: number, name: string, tally: CleanTally): void {
  const { nlink, blocks } = lstatSync(heldPath(dirfd, name));
  tally.files++;
  if (nlink === 1) tally.bytes += blocks * 512;
}

/** The object a file of the store is, or took over from: `….1`, `….2` were begun where an inode could take no more names. */
function objectOf(folder: string, name: string): string | undefined {
  const pattern =
    folder === 'ln'
      ? /^(?<object>[0-9a-f]{64})(?:\.\d+)?$/u
      : /^(?<object>[0-9a-f]{64}\.[0-7]{4})(?:\.\d+)?$/u;
  const object = pattern.exec(name)?.groups?.object;
  return object === undefined ? undefined : `${folder}/${object}`;
}
