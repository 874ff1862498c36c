import { domainToASCII, domainToUnicode } from 'node:url';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/** A DNS name in lower case and ASCII form, safe as one path component. Made only by `parseDomainName`. */
export type DomainName = string & { readonly domainName: unique symbol };

/** Lower case, two labels or more, and the last no number. */
const plainName =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?![0-9]+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;

/**
 * Reads a name as a person types it: upper case is lowered, an IDN becomes its ASCII form (RFC 5891).
 * A name has two or more labels of 1 to 63 letters, digits and inner hyphens, 253 in all (RFC 1123), and the last
 * is not a number alone, which would make it an address.
 * Throws BAD_DOMAIN_NAME.
 */
export function parseDomainName(text: string): DomainName {
  const wrong = whyNotDomainName(text);
  if (wrong !== undefined) {
    throw new VirtfsError('BAD_DOMAIN_NAME', {
      what: `'${escapeLines(text).slice(0, 300)}' is not a domain name`,
      why: wrong,
      mend: 'give it as example.org: labels of letters, digits and hyphens joined by dots, no scheme, port or final dot',
    });
  }
  return toAscii(text) as DomainName;
}

/** The rule `text` breaks, or undefined when it is a domain name. */
export function whyNotDomainName(text: string): string | undefined {
  if (text === '') return 'it is empty';
  // Nearly every name there is, told by one pattern: the others take longer to build than to match.
  if (text.length <= 253 && plainName.test(text)) return undefined;
  // The URL parser would drop or turn these, and `a%2eb.org` is no name anyone meant.
  if (!/^[\w.-]+$/u.test(text) && /[\s/\\%:@#?[\]\p{C}]/u.test(text))
    return 'it holds a space or a character no name has';
  const name = toAscii(text);
  if (name === '') return 'it has no valid ASCII form (IDNA)';
  if (name.length > 253) return `it is ${name.length} characters long, and 253 is the most`;
  const labels = name.split('.');
  if (labels.includes('')) return 'a label is empty: it begins or ends with a dot, or has two in a row';
  const long = labels.find((part) => part.length > 63);
  if (long !== undefined) return `the label '${long.slice(0, 70)}' is longer than 63 characters`;
  const bad = labels.find((part) => !label.test(part));
  if (bad !== undefined) return `the label '${escapeLines(bad)}' is not letters, digits and inner hyphens`;
  if (labels.length < 2) return 'it has one label only';
  if (/^\d+$/u.test(labels.at(-1) ?? '')) return 'its last label is a number, as in an address';
  return undefined;
}

/** The name as people write it when it is an IDN (`xn--…`), else undefined. */
export function unicodeForm(name: DomainName): string | undefined {
  const unicode = domainToUnicode(name);
  return unicode !== name && unicode !== '' ? unicode : undefined;
}

function toAscii(text: string): string {
  return /^[\x21-\x7e]*$/u.test(text) ? text.toLowerCase() : domainToASCII(text);
}
