import { parsePassword, parsePasswordHash } from '../domain/parse-password.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { hashPassword } from '../linux/crypt.ts';
import type { Password } from './user-request.ts';

/** The hash for shadow(5) of a new password; undefined for none. Throws BAD_PASSWORD, LIBRARY_MISSING. */
export function hashNewPassword(password: Password): string | undefined {
  if (password.type === 'none') return undefined;
  if (password.type === 'hash') return parsePasswordHash(password.hash);
  const bytes = Buffer.from(parsePassword(password.text));
  try {
    const hash = hashPassword(bytes);
    if (hash !== undefined) return hash;
  } finally {
    // What can be wiped is wiped: a string of JavaScript cannot.
    bytes.fill(0);
  }
  throw new VirtfsError('LIBRARY_MISSING', {
    what: 'cannot make the hash of a password',
    why: 'this host has no libcrypt that knows yescrypt or sha512crypt',
    mend: 'install it: apt-get install libcrypt1',
  });
}

/** Today, in days since 1970, as shadow(5) counts. */
export function today(): number {
  return Math.floor(Date.now() / 86_400_000);
}
