import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { isSystemName } from './system-ids.ts';

/** Names the tree gives to accounts of its own, beside those of the system. */
const ownNames = new Set(['webmaster', 'www']);

/**
 * Reads the name of a domain's administrator: lower-case letters, digits, `_` and `-`, a letter or `_` first, at most
 * 32 (useradd(8), CAVEATS), and none that a system account or one of the tree's own has. Throws BAD_USER_NAME.
 */
export function parseAdminName(text: string): string {
  const wrong = whyNotAdminName(text);
  if (wrong === undefined) return text;
  throw new VirtfsError('BAD_USER_NAME', {
    what: `'${escapeLines(text).slice(0, 80)}' cannot be the administrator's user name`,
    why: wrong,
    mend: 'choose another: lower-case letters, digits, _ and -, as in anna or site-admin',
  });
}

/** The rule `text` breaks as an administrator's name, or undefined. */
export function whyNotAdminName(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (text.length > 32) return `it is ${text.length} characters long, and 32 is the most`;
  // Without the `m` flag `$` is the end of the text, so that a final newline is no match.
  if (!/^[a-z_][a-z0-9_-]*$/u.test(text))
    return 'it holds something other than a-z, 0-9, _ and -, or begins with a digit or -';
  if (ownNames.has(text)) return 'every tree has an account or group of this name';
  if (isSystemName(text)) return 'a system account or group has this name';
  return undefined;
}
