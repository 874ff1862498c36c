import { check, libcFunction } from './libc.ts';

const getdents = libcFunction<[number, Uint8Array, number]>('int64_t getdents64(int, void *, size_t)');
const seek = libcFunction<[number, number, number]>('int64_t lseek(int, int64_t, int)');

/** The names in a directory as they were at one time, bytes; `.` and `..` left out. */
export interface NameList extends Iterable<Uint8Array> {
  /** Memory the list takes, in bytes. */
  readonly bytes: number;
}

const chunk = Buffer.alloc(1 << 15);

/**
 * Reads the names in an open directory at once, so that somebody who goes on adding to it cannot keep us there.
 * undefined when the list would take more than `mostBytes`, about 32 for each name.
 */
export function listNames(fd: number, mostBytes: number): NameList | undefined {
  check(Number(seek(fd, 0, 0)), 'lseek');
  const chunks: Buffer[] = [];
  for (let bytes = 0; ; ) {
    const size = check(Number(getdents(fd, chunk, chunk.length)), 'getdents64');
    if (size === 0) return { bytes, [Symbol.iterator]: () => namesIn(chunks) };
    bytes += size;
    if (bytes > mostBytes) return undefined;
    chunks.push(Buffer.from(chunk.subarray(0, size)));
  }
}

/** struct linux_dirent64: inode 8, offset 8, length 2, type 1, then the name and a NUL. */
function* namesIn(chunks: readonly Buffer[]): Generator<Uint8Array> {
  for (const each of chunks) {
    for (let at = 0; at < each.length; at += each.readUInt16LE(at + 16)) {
      const name = each.subarray(at + 19, each.indexOf(0, at + 19));
      if (!isDots(name)) yield name;
    }
  }
}

function isDots(name: Uint8Array): boolean {
  const dot = 0x2e;
  return name[0] === dot && (name.length === 1 || (name.length === 2 && name[1] === dot));
}
