import { closeSync, constants, fchmodSync, fchownSync, fstatSync, futimesSync, openSync } from 'node:fs';
import type { LinkMethod } from '../domain/record.ts';
import { chownAt, cloneFile, createFileAt, linkOpenFileAt, makeCharDeviceAt } from '../linux/files.ts';
import type { DeviceEntry, FileEntry, HardlinkEntry, LeafEntry } from '../manifest/entry.ts';
import { copyContents } from './copy-contents.ts';
import { writeAll } from './put-state-file.ts';
import type { Store, StoreKey } from './store.ts';

/** How a tree is filled: from which store, and by which sharing. */
export interface Filling {
  readonly store: Store;
  readonly link: LinkMethod;
  /** The store's key of a file entry whose bytes are there. */
  readonly keyOf: (entry: FileEntry) => StoreKey;
}

/** A free name in an open folder. */
export interface Place {
  readonly dirfd: number;
  readonly name: string;
  /** What is made there gets the group root without being told. */
  readonly isMadeForRoot: boolean;
}

/**
 * Makes what an entry describes, anything but a folder, under a free name, with its owner and mode. The umask must be 0.
 * Throws the system's error; EEXIST when the name is taken.
 */
export function makeEntry(entry: LeafEntry, place: Place, filling: Filling): void {
  const { dirfd, name } = place;
  switch (entry.type) {
    case 'file':
      if (entry.shared) makeShared(entry, dirfd, name, filling);
      else makeOwn(entry, place, filling);
      break;
    case 'symlink':
      filling.store.linkSymlink(entry.target, dirfd, name);
      break;
    case 'device':
      makeDevice(entry, dirfd, name);
      break;
    case 'hardlink':
      makeHardlink(entry, dirfd, name);
      break;
  }
}

function makeShared(entry: FileEntry, dirfd: number, name: string, filling: Filling): void {
  const key = filling.keyOf(entry);
  if (filling.link === 'hardlink') filling.store.linkFile(key, dirfd, name);
  else makeStored(entry, key, dirfd, name, filling);
}

function makeOwn(entry: FileEntry, { dirfd, name, isMadeForRoot }: Place, filling: Filling): void {
  if ('copyOf' in entry.source) makeStored(entry, filling.keyOf(entry), dirfd, name, filling);
  else {
    const bytes = 'text' in entry.source ? Buffer.from(entry.source.text) : entry.source.bytes;
    const { uid, gid } = entry.owner;
    if (uid === 0 && gid === 0 && entry.mode <= 0o777 && isMadeForRoot) {
      const fd = createFileAt(dirfd, name, entry.mode);
      try {
        writeAll(fd, bytes);
      } finally {
        closeSync(fd);
      }
    } else withNewFile(entry, dirfd, name, (fd) => writeAll(fd, bytes));
  }
}

function makeStored(entry: FileEntry, key: StoreKey, dirfd: number, name: string, filling: Filling): void {
  const from = filling.store.open(key);
  try {
    makeCopy(entry, from, dirfd, name, filling.link);
  } finally {
    closeSync(from);
  }
}

function makeCopy(entry: FileEntry, from: number, dirfd: number, name: string, link: LinkMethod): void {
  withNewFile(entry, dirfd, name, (fd) => {
    if (link === 'reflink') cloneFile(fd, from);
    else copyContents(from, fd);
    const { atimeMs, mtimeMs } = fstatSync(from);
    futimesSync(fd, atimeMs / 1000, mtimeMs / 1000);
  });
}

function withNewFile(entry: FileEntry, dirfd: number, name: string, fill: (fd: number) => void): void {
  const fd = createFileAt(dirfd, name, 0o600);
  try {
    fill(fd);
    // The owner first: chown(2) clears set-id bits.
    fchownSync(fd, entry.owner.uid, entry.owner.gid);
    fchmodSync(fd, entry.mode);
  } finally {
    closeSync(fd);
  }
}

function makeDevice(entry: DeviceEntry, dirfd: number, name: string): void {
  makeCharDeviceAt(dirfd, name, entry.mode, entry.major, entry.minor);
  chownAt(dirfd, name, entry.owner.uid, entry.owner.gid);
}

// The socket is opened first, so that what gets the second name is what was looked at.
function makeHardlink(entry: HardlinkEntry, dirfd: number, name: string): void {
  const pathOnly = 0o10000000;
  const fd = openSync(entry.to, pathOnly | constants.O_NOFOLLOW);
  try {
    linkOpenFileAt(fd, dirfd, name);
  } finally {
    closeSync(fd);
  }
}
