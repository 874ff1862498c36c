import koffi from 'koffi';
import { lastError, libcFunction } from './libc.ts';

const lgetxattr = libcFunction<[string | Uint8Array, string, null, number]>(
  'int64_t lgetxattr(const char *, const char *, void *, size_t)',
);

/**
 * True when running the file gives capabilities: capabilities(7), "File capabilities". `path` ends in the file's own name,
 * and may be bytes that a zero ends. Throws the system's error; false where there is no such file.
 */
export function hasFileCapabilities(path: string | Uint8Array): boolean {
  if (Number(lgetxattr(path, 'security.capability', null, 0)) >= 0) return true;
  // Almost every file has none: an Error for each would cost more than the question.
  const { ENODATA, ENOENT, EOPNOTSUPP } = koffi.os.errno;
  const number = koffi.errno();
  if (number === ENODATA || number === ENOENT || number === EOPNOTSUPP) return false;
  throw lastError('lgetxattr');
}
