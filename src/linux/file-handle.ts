import { isErrno } from '../errors/virtfs-error.ts';
import { check, libcFunction } from './libc.ts';

/**
 * What names an open file past every directory: a `struct file_handle` as name_to_handle_at(2) gives it and
 * open_by_handle_at(2) takes it. Undefined where the file system gives none.
 */
export function readFileHandle(fd: number): Uint8Array | undefined {
  const atEmptyPath = 0x1000;
  const mostBytes = 128;
  const handle = new Uint8Array(8 + mostBytes);
  new DataView(handle.buffer).setUint32(0, mostBytes, true);
  const read = libcFunction<[number, string, Uint8Array, Uint8Array, number]>(
    'int name_to_handle_at(int, const char *, void *, void *, int)',
  );
  try {
    check(read(fd, '', handle, new Uint8Array(4), atEmptyPath), 'name_to_handle_at');
    return handle;
  } catch (error) {
    if (isErrno(error, 'EOPNOTSUPP')) return undefined;
    throw error;
  }
}
