import { check, libcFunction } from './libc.ts';

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
