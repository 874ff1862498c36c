import type { ErrorCode } from './error-codes.ts';
import { VirtfsError } from './virtfs-error.ts';

// biome-ignore format: a table
const known: Readonly<Record<string, readonly [code: ErrorCode, why: string, mend: string]>> = {
  EACCES:  ['NEEDS_ROOT',   'permission denied',                     'run it as root'],
  EPERM:   ['NEEDS_ROOT',   'the system does not permit it',         'run it as root, outside a container that drops capabilities'],
  ENOENT:  ['PATH_MISSING', 'there is no such file or directory',    'make it, or correct the setting that names it'],
  ENOSPC:  ['NO_SPACE',     'the file system is full (space or inodes)', 'free some space, then run the same command again: df -h; df -i'],
  EDQUOT:  ['NO_SPACE',     'the disk quota is used up',             'raise the quota, then run the same command again'],
  EROFS:   ['READ_ONLY',    'the file system is read-only',          'mount it read-write: mount -o remount,rw DIR'],
  EIO:     ['IO_ERROR',     'the disk reported an error',            'look at the kernel log: dmesg | tail'],
  EMFILE:  ['IO_ERROR',     'too many open files',                   'raise the limit: ulimit -n 4096'],
  ENFILE:  ['IO_ERROR',     'the system has too many open files',    'close some programs, or raise fs.file-max'],
  ELOOP:   ['PATH_IS_SYMLINK', 'a symbolic link stands where a plain file or directory belongs', 'look at it with ls -l, move it away, run the same command again'],
  ENOTDIR: ['PATH_IS_SYMLINK', 'a link or a file stands where a directory belongs', 'look at it with ls -l, move it away, run the same command again'],
};

/** `error` as a VirtfsError when its errno is one an administrator can act on; else `error` itself, a bug. */
export function explainErrno(error: unknown, what: string): unknown {
  if (!Error.isError(error) || !('code' in error) || typeof error.code !== 'string') return error;
  if (error instanceof VirtfsError) return error;
  const row = known[error.code];
  if (!row) return error;
  const [code, why, mend] = row;
  return new VirtfsError(code, { what, why, mend, cause: error });
}
