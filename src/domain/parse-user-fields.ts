import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/** Reads the full name and what else stands in the comment field of passwd(5). Throws BAD_USER_FIELD. */
export function parseGecos(text: string): string {
  if (text.length > 200) throw bad('the full name', text, 'it is longer than 200 characters');
  if (/[:\p{C}\u2028\u2029]/u.test(text))
    throw bad('the full name', text, 'it holds a colon or a control character');
  return text;
}

/** Reads the path of a login shell. Throws BAD_USER_FIELD. */
export function parseShell(text: string): string {
  return parsePath('the shell', text);
}

/** Reads the path of a home; one `/./` may say where an FTP server is to shut the user in. Throws BAD_USER_FIELD. */
export function parseHome(text: string): string {
  const path = parsePath('the home', text.replace('/./', '/'));
  if (path.split('/').length < 3)
    throw bad('the home', text, 'a folder at the top of the tree is not a home');
  return text;
}

function parsePath(what: string, text: string): string {
  if (text.length > 255) throw bad(what, text, 'it is longer than 255 characters');
  if (!/^(?:\/[\w.+@-]+)+$/u.test(text) || text.split('/').some((part) => part === '.' || part === '..'))
    throw bad(what, text, 'it is no absolute path of letters, digits, _ . + @ and -, or holds . or ..');
  return text;
}

function bad(what: string, text: string, why: string): VirtfsError {
  return new VirtfsError('BAD_USER_FIELD', {
    what: `cannot give a user ${what} '${escapeLines(text).slice(0, 80)}'`,
    why,
    mend: 'correct it, and run the same command again: virtfs user add --help',
  });
}
