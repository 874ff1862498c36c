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
  const call = libcFunction<[number, number, string, Uint8Array, number]>(
    'long syscall(long, int, const char *, void *, size_t)',
  );
  const how = new BigUint64Array([
    BigInt(oPath | oCloexec),
    0n,
    BigInt(resolve.inRoot | resolve.noMagicLinks | resolve.noXdev),
  ]);
  return check(call(sysOpenat2, rootFd, path, new Uint8Array(how.buffer), how.byteLength), 'openat2', path);
}
