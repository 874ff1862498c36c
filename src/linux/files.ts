import { constants } from 'node:fs';
import { check, lastError as lastErrorOf, libcFunction } from './libc.ts';

/** openat2(2) resolve flags. */
export const resolve = {
  noXdev: 0x01,
  noMagicLinks: 0x02,
  noSymlinks: 0x04,
  beneath: 0x08,
  inRoot: 0x10,
} as const;

const sysOpenat2 = 437; // the same number on x86-64 and AArch64
const renameNoReplace = 1;
const atEmptyPath = 0x1000;
const atRemoveDir = 0x200;
const ficlone = 0x40049409;

const c = {
  syscall: libcFunction<[number, number, string | Uint8Array, Uint8Array, number]>(
    'long syscall(long, int, const char *, void *, size_t)',
  ),
  mkdirat: libcFunction<[number, string, number]>('int mkdirat(int, const char *, unsigned int)'),
  linkat: libcFunction<[number, string, number, string, number]>(
    'int linkat(int, const char *, int, const char *, int)',
  ),
  symlinkat: libcFunction<[string, number, string]>('int symlinkat(const char *, int, const char *)'),
  mknodat: libcFunction<[number, string, number, bigint]>(
    'int mknodat(int, const char *, unsigned int, uint64_t)',
  ),
  fchownat: libcFunction<[number, string, number, number, number]>(
    'int fchownat(int, const char *, unsigned int, unsigned int, int)',
  ),
  renameat2: libcFunction<[number, string, number, string, number]>(
    'int renameat2(int, const char *, int, const char *, unsigned int)',
  ),
  unlinkat: libcFunction<[number, string, number]>('int unlinkat(int, const char *, int)'),
  flock: libcFunction<[number, number]>('int flock(int, int)'),
  syncfs: libcFunction<[number]>('int syncfs(int)'),
  ioctl: libcFunction<[number, bigint, number]>('int ioctl(int, unsigned long, int)'),
};

/**
 * Opens `path` below the directory `dirfd` in one step of the kernel (openat2(2)): never outside it, never through
 * a symbolic link, whatever anybody renames meanwhile. The descriptor is close-on-exec.
 * Throws the system's error: ELOOP for a link, EXDEV for a way out, ENOSYS before Linux 5.6.
 */
export function openBeneath(dirfd: number, path: string, flags: number, mode = 0): number {
  const how = new BigUint64Array([
    BigInt(flags | oCloexec),
    BigInt(mode),
    BigInt(resolve.beneath | resolve.noSymlinks | resolve.noMagicLinks),
  ]);
  return check(
    c.syscall(sysOpenat2, dirfd, path, new Uint8Array(how.buffer), how.byteLength),
    'openat2',
    path,
  );
}

const oCloexec = 0o2000000;

/** Opens the directory `path` below `dirfd` for reading and for *at calls. */
export function openDirBeneath(dirfd: number, path: string): number {
  return openBeneath(dirfd, path, constants.O_RDONLY | constants.O_DIRECTORY);
}

/**
 * Opens the directory `name` in `dirfd`; a mount point is refused with EXDEV (a bind mount of the same
 * file system too), a link with ELOOP, anything else with ENOTDIR.
 */
export function openDirOfSameMount(dirfd: number, name: string | Uint8Array): number {
  const text = typeof name === 'string' ? name : Buffer.concat([name, Buffer.of(0)]);
  return check(c.syscall(sysOpenat2, dirfd, text, howOfSameMount, howOfSameMount.length), 'openat2');
}

const howOfSameMount = new Uint8Array(
  new BigUint64Array([
    BigInt(constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | oCloexec),
    0n,
    BigInt(resolve.beneath | resolve.noSymlinks | resolve.noXdev),
  ]).buffer,
);

/**
 * A handle (O_PATH) of whatever is at `path`, given as bytes, below `dirfd`, on another mount too. As `openBeneath` it
 * follows no link and opens nothing: a device or a FIFO there does not notice.
 */
export function openHandleBeneath(dirfd: number, path: Uint8Array): number {
  const how = new BigUint64Array([
    BigInt(oPath | oCloexec),
    0n,
    BigInt(resolve.beneath | resolve.noSymlinks | resolve.noMagicLinks),
  ]);
  const text = Buffer.concat([path, Buffer.of(0)]);
  return check(c.syscall(sysOpenat2, dirfd, text, new Uint8Array(how.buffer), how.byteLength), 'openat2');
}

const oPath = 0o10000000;

/** Makes and opens a new file; fails with EEXIST when anything, even a dangling link, has the name. */
export function createFileAt(dirfd: number, name: string, mode: number): number {
  return openBeneath(dirfd, name, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, mode);
}

export function makeDirAt(dirfd: number, name: string, mode: number): void {
  check(c.mkdirat(dirfd, name, mode), 'mkdirat', name);
}

/** Gives the inode `from` a second name. A symbolic link is linked itself, not what it points to. */
export function linkAt(fromDir: number, from: string, dirfd: number, name: string): void {
  check(c.linkat(fromDir, from, dirfd, name, 0), 'linkat', name);
}

/** Gives an open file a name (needs CAP_DAC_READ_SEARCH). */
export function linkOpenFileAt(fd: number, dirfd: number, name: string): void {
  check(c.linkat(fd, '', dirfd, name, atEmptyPath), 'linkat', name);
}

export function symlinkAt(target: string, dirfd: number, name: string): void {
  check(c.symlinkat(target, dirfd, name), 'symlinkat', name);
}

/** Makes a character device. The umask is applied to `mode`. */
export function makeCharDeviceAt(
  dirfd: number,
  name: string,
  mode: number,
  major: number,
  minor: number,
): void {
  const number = (BigInt(major & 0xfff) << 8n) | BigInt(minor & 0xff) | (BigInt(minor & 0xfff00) << 12n);
  check(c.mknodat(dirfd, name, constants.S_IFCHR | mode, number), 'mknodat', name);
}

/** Changes the owner of `name` itself, never of what it may point to. */
export function chownAt(dirfd: number, name: string, uid: number, gid: number): void {
  check(c.fchownat(dirfd, name, uid, gid, atSymlinkNofollow), 'fchownat', name);
}

const atSymlinkNofollow = 0x100;

/** Renames and replaces what has the name `to`. */
export function renameAt(fromDir: number, from: string, toDir: number, to: string): void {
  check(c.renameat2(fromDir, from, toDir, to, 0), 'renameat2', to);
}

/** Renames, and fails with EEXIST when `to` is taken. */
export function renameNewAt(fromDir: number, from: string, toDir: number, to: string): void {
  check(c.renameat2(fromDir, from, toDir, to, renameNoReplace), 'renameat2', to);
}

export function unlinkAt(dirfd: number, name: string): void {
  check(c.unlinkat(dirfd, name, 0), 'unlinkat', name);
}

export function removeDirAt(dirfd: number, name: string): void {
  check(c.unlinkat(dirfd, name, atRemoveDir), 'unlinkat', name);
}

/** Takes the exclusive lock of an open file (flock(2)); false when another process has it. */
export function tryLock(fd: number): boolean {
  const exclusiveNonBlocking = 2 | 4;
  if (c.flock(fd, exclusiveNonBlocking) === 0) return true;
  const error = lastErrorOf('flock');
  if (error.code === 'EAGAIN') return false;
  throw error;
}

/** Writes the whole file system of `fd` to its disk (syncfs(2)). */
export function syncFileSystem(fd: number): void {
  check(c.syncfs(fd), 'syncfs');
}

/** Makes the empty file `to` share the blocks of `from` (ioctl FICLONE). EOPNOTSUPP or EXDEV where that cannot be. */
export function cloneFile(to: number, from: number): void {
  check(c.ioctl(to, BigInt(ficlone), from), 'ioctl FICLONE');
}
