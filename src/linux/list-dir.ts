import { check, libcFunction } from './libc.ts';

/** What getdents64(2) says a name is: DT_ of readdir(3). */
export const dirEntryType = { charDevice: 2, dir: 4, file: 8, symlink: 10, socket: 12 } as const;

export interface DirName {
  readonly name: string;
  /** One of `dirEntryType`, or another number of readdir(3). */
  readonly type: number;
}

const getdents = libcFunction<[number, Uint8Array, number]>('int64_t getdents64(int, void *, size_t)');
const seek = libcFunction<[number, number, number]>('int64_t lseek(int, int64_t, int)');
const buffer = Buffer.alloc(1 << 15);

/**
 * The names in an open directory from its beginning, `.` and `..` left out. Bytes that are not UTF-8 become U+FFFD.
 * Once there are `most` it reads no further, and gives a few more than that.
 */
export function listDir(fd: number, most = Number.POSITIVE_INFINITY): DirName[] {
  check(Number(seek(fd, 0, 0)), 'lseek');
  const found: DirName[] = [];
  for (;;) {
    const size = check(Number(getdents(fd, buffer, buffer.length)), 'getdents64');
    if (size === 0 || found.length >= most) return found;
    for (let at = 0; at < size; ) {
      const length = buffer.readUInt16LE(at + 16);
      const end = buffer.indexOf(0, at + 19);
      const name = buffer.toString('utf8', at + 19, end);
      if (name !== '.' && name !== '..') found.push({ name, type: buffer[at + 18] ?? 0 });
      at += length;
    }
  }
}
