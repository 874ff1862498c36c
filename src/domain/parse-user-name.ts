import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { isSystemName } from './system-ids.ts';

/**
 * Reads the name of a new user of a domain: lower-case letters, digits, `_`, `-` and single inner dots, a letter or `_`
 * first, at most 32 (useradd(8), CAVEATS), and none that a system account has. Throws BAD_USER_NAME.
 */
export function parseUserName(text: string): string {
  const wrong = whyNotUserName(text);
  if (wrong === undefined) return text;
  throw new VirtfsError('BAD_USER_NAME', {
    what: `'${escapeLines(text).slice(0, 80)}' cannot be a user name`,
    why: wrong,
    mend: 'choose another: lower-case letters, digits, _ and -, as in anna or anna.smith',
  });
}

/** The rule `text` breaks as the name of a new user, or undefined. */
export function whyNotUserName(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (text.length > 32) return `it is ${text.length} characters long, and 32 is the most`;
  // Without the `m` flag `$` is the end of the text, so that a final newline is no match.
  if (!/^[a-z_][a-z0-9_-]*(?:\.[a-z0-9_-]+)*$/u.test(text))
    return 'it holds something other than a-z, 0-9, _, - and inner dots, or begins with a digit or -';
  if (isSystemName(text)) return 'a system account or group has this name';
  return undefined;
}

/** Reads the name of a user who is there, whoever named him: anything a line can begin with. Throws BAD_USER_NAME. */
export function parseKnownUserName(text: string): string {
  if (/^[^:#+\-\s/\p{C}][^:\s/\p{C}]{0,255}$/u.test(text)) return text;
  throw new VirtfsError('BAD_USER_NAME', {
    what: `'${escapeLines(text).slice(0, 80)}' cannot be a user name`,
    why: 'it is empty, or holds a character no name has',
    mend: 'see who is there: virtfs user list DOMAIN',
  });
}
