/**
 * A path for Node's own calls to `name` in an open directory. The kernel starts from the descriptor, which nobody
 * can swap; the calls used with it must not follow a link in the last name (lstat, readlink, unlink, rmdir, readdir of '').
 */
export function heldPath(dirfd: number, name = ''): string {
  return name === '' ? `/proc/self/fd/${dirfd}/` : `/proc/self/fd/${dirfd}/${name}`;
}
