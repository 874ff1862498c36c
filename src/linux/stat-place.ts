import { check, libcFunction } from './libc.ts';

/** What a file is, whatever path leads to it. */
export interface Place {
  readonly dev: bigint;
  readonly ino: bigint;
  /** The mount it is reached through: the first number of a line of proc_pid_mountinfo(5). */
  readonly mountId: bigint;
}

const atEmptyPath = 0x1000;
const atNoAutomount = 0x800;
/** A file system of a user, which may never answer, is not asked. */
const atDontSync = 0x4000;
const wantIno = 0x100;
const wantMountId = 0x1000;

/** What an open file is. Linux 5.8. */
export function statOpenPlace(fd: number): Place {
  return statx(fd, '', atEmptyPath);
}

/** What `path` leads to, links followed. Throws the system's error. */
export function statPlace(path: string): Place {
  const currentDir = -100;
  return statx(currentDir, path, 0);
}

function statx(dirfd: number, path: string, flags: number): Place {
  const call = libcFunction<[number, string, number, number, Uint8Array]>(
    'int statx(int, const char *, int, unsigned int, void *)',
  );
  const found = Buffer.alloc(256);
  const how = flags | atNoAutomount | atDontSync;
  check(call(dirfd, path, how, wantIno | wantMountId, found), 'statx', path);
  const major = BigInt(found.readUInt32LE(136));
  const minor = BigInt(found.readUInt32LE(140));
  // makedev(3): what stat(2) gives for st_dev.
  const dev =
    ((major & 0xfffff000n) << 32n) |
    ((major & 0xfffn) << 8n) |
    ((minor & 0xffffff00n) << 12n) |
    (minor & 0xffn);
  return { dev, ino: found.readBigUInt64LE(32), mountId: found.readBigUInt64LE(144) };
}
