import { check, libcFunction } from './libc.ts';
import { rawSyscall } from './raw-syscall.ts';

/**
 * Makes the open directory the root and the working directory of the calling thread (fchdir(2), chroot(2)), so that no
 * path of the old root stays within reach of `..`.
 */
export function changeRoot(dirfd: number): void {
  const fchdir = libcFunction<[number]>('int fchdir(int)');
  const chroot = libcFunction<[string]>('int chroot(const char *)');
  const chdir = libcFunction<[string]>('int chdir(const char *)');
  check(fchdir(dirfd), 'fchdir');
  check(chroot('.'), 'chroot');
  check(chdir('/'), 'chdir');
}

/**
 * Makes the open directory, which must be a mount of its own, the root of all mounts of the thread's mount namespace, and
 * takes what was there out of it (pivot_root(2)): nothing is above it then, even for who may chroot(2). EINVAL where the
 * root of the host is the one it started with (an initramfs). Whether what is gone is still held by others is theirs.
 */
export function pivotRoot(dirfd: number): void {
  const fchdir = libcFunction<[number]>('int fchdir(int)');
  const chdir = libcFunction<[string]>('int chdir(const char *)');
  check(fchdir(dirfd), 'fchdir');
  rawSyscall('pivot_root', 'pp', '.', '.');
  // The old root now lies over the new one, and `.` leads to it.
  const detach = 2;
  rawSyscall('umount2', 'pww', '.', detach, 0);
  check(chdir('/'), 'chdir');
}
