import { VirtfsError } from '../errors/virtfs-error.ts';

/** The most that libxcrypt takes (crypt(3), CRYPT_MAX_PASSPHRASE_SIZE). */
const mostBytes = 511;

/** Reads a new password as it was typed. Throws BAD_PASSWORD, which never shows it. */
export function parsePassword(text: string): string {
  const wrong = whyNotPassword(text);
  if (wrong === undefined) return text;
  throw new VirtfsError('BAD_PASSWORD', {
    what: 'cannot take this password',
    why: wrong,
    mend: 'choose another',
  });
}

/** The rule a password breaks, or undefined. */
export function whyNotPassword(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (/\p{Cc}/u.test(text)) return 'it holds a control character';
  // What was no UTF-8: the same keys would give other bytes at the next login.
  if (text.includes('\ufffd')) return 'it is not UTF-8';
  if (Buffer.byteLength(text) > mostBytes) return `it is longer than ${mostBytes} bytes`;
  return undefined;
}

/** Reads the hash of a password, as crypt(5) writes it. Throws BAD_PASSWORD. */
export function parsePasswordHash(text: string): string {
  if (/^\$(?:y|gy|2[aby]|6|5|7)\$[./0-9A-Za-z$=,]{20,300}$/u.test(text)) return text;
  throw new VirtfsError('BAD_PASSWORD', {
    what: 'cannot take this hash of a password',
    why: 'it is none that crypt(5) knows as strong',
    mend: 'make one: mkpasswd --method=yescrypt',
  });
}
