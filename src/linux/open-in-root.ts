import { constants } from 'node:fs';
import { resolve } from './files.ts';
import { check, libcFunction } from './libc.ts';

const sysOpenat2 = 437; // the same number on x86-64 and AArch64
const oPath = 0o10000000;
const oCloexec = 0o2000000;

/**
 * A handle (O_PATH) of what `path` leads to, links followed as a program with the directory as its root follows them:
 * never out of it, into nothing that is mounted there (EXDEV), through no link of /proc (ELOOP). openat2(2).
 */
export function openInRoot(rootFd: number, path: string): number {
  return open(rootFd, path, oPath, resolve.noXdev);
}

/**
 * A handle (O_PATH) of the directory `path` leads to in the same way; it may lie on what is mounted in the root.
 * Throws EAGAIN where somebody keeps renaming folders on the way.
 */
export function openDirInRoot(rootFd: number, path: string): number {
  return open(rootFd, path, oPath | constants.O_DIRECTORY, 0);
}

function open(rootFd: number, path: string, flags: number, further: number): number {
  const how = new BigUint64Array([
    BigInt(flags | oCloexec),
    0n,
    BigInt(resolve.inRoot | resolve.noMagicLinks | further),
  ]);
  return check(call(sysOpenat2, rootFd, path, new Uint8Array(how.buffer), how.byteLength), 'openat2', path);
}

const call = libcFunction<[number, number, string, Uint8Array, number]>(
  'long syscall(long, int, const char *, void *, size_t)',
);
