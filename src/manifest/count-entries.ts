import type { LinkMethod } from '../domain/record.ts';
import type { ManifestEntry } from './manifest.ts';

/** What a tree was made of. Sizes are bytes of content, as the files' lengths say. */
export interface EntryCounts {
  readonly entries: number;
  readonly dirs: number;
  readonly files: number;
  readonly symlinks: number;
  readonly hardlinks: number;
  readonly devices: number;
  /** Files whose content other trees may share, and their bytes. */
  readonly sharedFiles: number;
  readonly sharedBytes: number;
  /** Inodes no other tree uses, and the bytes of content that are this tree's alone. */
  readonly ownInodes: number;
  readonly ownBytes: number;
}

/** `link` is how the tree shares: hard links share inodes and content, reflinks content alone, copies nothing. */
export function countEntries(entries: Iterable<ManifestEntry>, link: LinkMethod): EntryCounts {
  const types = { dir: 0, file: 0, symlink: 0, hardlink: 0, device: 0 };
  // The tree's own folder is no entry, and takes an inode all the same.
  let [sharedFiles, sharedBytes, ownBytes, ownInodes] = [0, 0, 0, 1];
  for (const { type, shared = false, size = 0 } of entries) {
    types[type] += 1;
    const isShared = shared && link !== 'copy';
    if (isShared) {
      sharedFiles += 1;
      sharedBytes += size;
    } else {
      ownBytes += size;
    }
    // Symbolic links are names of the store's inodes, hard links of the host's, whatever the method for files.
    if (type !== 'symlink' && type !== 'hardlink' && !(isShared && link === 'hardlink')) ownInodes += 1;
  }
  return {
    entries: types.dir + types.file + types.symlink + types.hardlink + types.device,
    dirs: types.dir,
    files: types.file,
    symlinks: types.symlink,
    hardlinks: types.hardlink,
    devices: types.device,
    sharedFiles,
    sharedBytes,
    ownInodes,
    ownBytes,
  };
}
