import { lastError, libcFunction } from './libc.ts';

/** The most a list of names or a value may take (xattr(7)). */
const most = 65_536;
const buffer = Buffer.alloc(most);

/** The names of the extended attributes of an open file; none where the file system has no such thing. */
export function listAttributes(fd: number): readonly string[] {
  const list = libcFunction<[number, Uint8Array, number]>('int64_t flistxattr(int, void *, size_t)');
  const size = Number(list(fd, buffer, most));
  if (size === -1) return absent(lastError('flistxattr'), ['EOPNOTSUPP']) ?? [];
  return buffer
    .toString('latin1', 0, size)
    .split('\0')
    .filter((name) => name !== '');
}

/** The value of one; undefined when it is gone by now. */
export function readAttribute(fd: number, name: string): Uint8Array | undefined {
  const get = libcFunction<[number, Uint8Array, Uint8Array, number]>(
    'int64_t fgetxattr(int, const char *, void *, size_t)',
  );
  const size = Number(get(fd, Buffer.from(`${name}\0`, 'latin1'), buffer, most));
  if (size === -1) return absent(lastError('fgetxattr'), ['ENODATA', 'EOPNOTSUPP']);
  return Buffer.from(buffer.subarray(0, size));
}

/** Gives an open file an extended attribute; false where the file system takes none of this kind, or no more. */
export function putAttribute(fd: number, name: string, value: Uint8Array): boolean {
  const set = libcFunction<[number, Uint8Array, Uint8Array, number, number]>(
    'int fsetxattr(int, const char *, const void *, size_t, int)',
  );
  if (set(fd, Buffer.from(`${name}\0`, 'latin1'), value, value.length, 0) === 0) return true;
  absent(lastError('fsetxattr'), ['EOPNOTSUPP', 'ENOSPC', 'EDQUOT', 'EINVAL', 'ERANGE', 'E2BIG']);
  return false;
}

function absent(error: NodeJS.ErrnoException, expected: readonly string[]): undefined {
  if (!expected.includes(error.code ?? '')) throw error;
  return undefined;
}
