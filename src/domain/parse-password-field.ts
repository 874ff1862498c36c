import { VirtfsError } from '../errors/virtfs-error.ts';
import { passwordState } from './account-password.ts';
import { parsePasswordHash } from './parse-password.ts';

/**
 * Reads a field of shadow(5) as a declaration may have it: a hash of crypt(5), the same behind `!` for a locked account,
 * or `!` or `*` where no password opens it. Throws BAD_PASSWORD, which never shows it.
 */
export function parsePasswordField(text: string): string {
  if (text === '!' || text === '*') return text;
  try {
    return (text.startsWith('!') ? '!' : '') + parsePasswordHash(text.replace(/^!/u, ''));
  } catch (error) {
    if (!(error instanceof VirtfsError)) throw error;
    const { code, what, why, mend } = error;
    throw new VirtfsError(code, { what, why: `${why}, nor ! or *`, mend, cause: error });
  }
}

/** True when both fields mean the same: of those that no password opens, one is as good as the other. */
export function isSamePasswordField(a: string, b: string): boolean {
  return a === b || (passwordState(a) === 'none' && passwordState(b) === 'none');
}
