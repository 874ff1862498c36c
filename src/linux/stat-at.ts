import type { FileFacts } from '../domain/file-facts.ts';
import { isErrnoNow, lastError, libcFunction } from './libc.ts';

const statx = libcFunction<[number, string | Uint8Array, number, number, Uint8Array]>(
  'int statx(int, const char *, int, unsigned int, void *)',
);

const symlinkNoFollow = 0x100;
const noAutomount = 0x800;
const emptyPath = 0x1000;
const basicStats = 0x7ff;
const mountRoot = 0x2000;

/** S_IFMT of inode(7). */
const types: ReadonlyMap<number, FileFacts['type']> = new Map([
  [0o010000, 'fifo'],
  [0o020000, 'char'],
  [0o040000, 'dir'],
  [0o060000, 'block'],
  [0o100000, 'file'],
  [0o120000, 'symlink'],
  [0o140000, 'socket'],
]);

const found = Buffer.alloc(256);

/**
 * What stands under `name` in the open folder `dirfd`, links not followed; undefined when nothing does. `name` is bytes,
 * one character each (see `readNames`); '' is the folder itself. Throws the system's error.
 */
export function statAt(dirfd: number, name: string): FileFacts | undefined {
  const flags = symlinkNoFollow | noAutomount | (name === '' ? emptyPath : 0);
  if (statx(dirfd, pathBytes(name), flags, basicStats, found) === -1) {
    const error = lastError('statx');
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
  const bits = found.readUInt16LE(28);
  return {
    type: types.get(bits & 0o170000) ?? 'other',
    mode: bits & 0o7777,
    uid: found.readUInt32LE(20),
    gid: found.readUInt32LE(24),
    size: Number(found.readBigUInt64LE(40)),
    mtimeMs: Number(found.readBigInt64LE(112)) * 1000 + found.readUInt32LE(120) / 1e6,
    identity: `${found.readUInt32LE(136)}:${found.readUInt32LE(140)}:${found.readBigUInt64LE(32)}`,
    major: found.readUInt32LE(128),
    minor: found.readUInt32LE(132),
    isMount: (found.readUInt32LE(8) & mountRoot) !== 0,
  };
}

/** Which directory `name` in the open folder `dirfd` is, and whose: `readOwner` for who looks often. */
export interface OwnerFacts {
  readonly isDirectory: boolean;
  readonly mode: number;
  readonly uid: number;
  /** Device and inode, each as two numbers. */
  readonly place: readonly [number, number, number, number];
}

/** As `statAt`, of what is there no more than tells whose directory it is; undefined when there is nothing. */
export function readOwner(dirfd: number, name: string): OwnerFacts | undefined {
  if (statx(dirfd, name, symlinkNoFollow | noAutomount, basicStats, found) === -1) {
    if (isErrnoNow('ENOENT')) return undefined;
    throw lastError('statx');
  }
  const bits = found.readUInt16LE(28);
  return {
    isDirectory: bits >> 12 === 0o04,
    mode: bits & 0o7777,
    uid: found.readUInt32LE(20),
    place: [found.readUInt32LE(136), found.readUInt32LE(140), found.readUInt32LE(32), found.readUInt32LE(36)],
  };
}

/** A name of one character a byte as the C library takes it. */
export function pathBytes(name: string): string | Uint8Array {
  // Of ASCII the binding makes the same bytes, in less time.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names may hold them
  return /^[\u0000-\u007f]*$/u.test(name) ? name : Buffer.from(`${name}\0`, 'latin1');
}
