import { constants } from 'node:fs';
import { resolve } from './files.ts';
import { check, libcFunction } from './libc.ts';

const sysOpenat2 = 437; // the same number on x86-64 and AArch64
const oCloexec = 0o2000000;
const atEmptyPath = 0x1000;

/** Names are bytes here: file names need not be UTF-8. */
export type FileName = Uint8Array;

/**
 * Opens `path`, bytes, below `dirfd` through no link and across no mount point, bind mounts of the same file system
 * included (openat2(2)). With O_PATH and O_NOFOLLOW a link itself is opened. Close-on-exec.
 * Throws the system's error: EXDEV for a mount point or a way out, ELOOP for a link, ENAMETOOLONG beyond 4095 bytes.
 */
export function openNamed(dirfd: number, path: FileName, flags: number, mode = 0): number {
  const open = libcFunction<[number, number, Uint8Array, Uint8Array, number]>(
    'long syscall(long, int, const char *, void *, size_t)',
  );
  const how = new BigUint64Array([
    BigInt(flags | oCloexec),
    BigInt(mode),
    BigInt(resolve.beneath | resolve.noSymlinks | resolve.noMagicLinks | resolve.noXdev),
  ]);
  const result = open(sysOpenat2, dirfd, terminated(path), new Uint8Array(how.buffer), how.byteLength);
  return check(result, 'openat2');
}

/** A handle (O_PATH) of what has the name, whatever it is: nothing is waited for, and no device wakes up. */
export function openNamedHandle(dirfd: number, name: FileName): number {
  const pathOnly = 0o10000000;
  return openNamed(dirfd, name, pathOnly | constants.O_NOFOLLOW);
}

/** Opens the directory `path` for reading and for *at calls. */
export function openNamedDir(dirfd: number, path: FileName): number {
  return openNamed(dirfd, path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/** Makes and opens a new file; fails with EEXIST when anything, even a dangling link, has the name. */
export function createNamedFile(dirfd: number, name: FileName, mode: number): number {
  return openNamed(dirfd, name, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, mode);
}

export function makeNamedDir(dirfd: number, name: FileName, mode: number): void {
  const mkdirat = libcFunction<[number, Uint8Array, number]>('int mkdirat(int, const char *, unsigned int)');
  check(mkdirat(dirfd, terminated(name), mode), 'mkdirat');
}

export function makeNamedFifo(dirfd: number, name: FileName, mode: number): void {
  const mknodat = libcFunction<[number, Uint8Array, number, bigint]>(
    'int mknodat(int, const char *, unsigned int, uint64_t)',
  );
  check(mknodat(dirfd, terminated(name), constants.S_IFIFO | mode, 0n), 'mknodat');
}

/** Gives an open file, or a handle of one, another name (needs CAP_DAC_READ_SEARCH). */
export function linkNamed(fd: number, dirfd: number, name: FileName): void {
  const linkat = libcFunction<[number, string, number, Uint8Array, number]>(
    'int linkat(int, const char *, int, const char *, int)',
  );
  check(linkat(fd, '', dirfd, terminated(name), atEmptyPath), 'linkat');
}

function terminated(name: FileName): Uint8Array {
  return Buffer.concat([name, Buffer.of(0)]);
}
