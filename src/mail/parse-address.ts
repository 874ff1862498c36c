import { domainToUnicode } from 'node:url';
import { type DomainName, parseDomainName, whyNotDomainName } from '../domain/domain-name.ts';
import { whyNotLocalPart } from '../domain/local-part.ts';
import type { EnhancedStatus } from './mail-types.ts';

/** One mailbox of RFC 5321, reduced to what may be looked for in a tree. */
export interface MailAddress {
  /** As it was given, without quotes: `whyNotLocalPart` has nothing against it. */
  readonly local: string;
  /** Lower case, ASCII form. */
  readonly domain: DomainName;
}

export type ParsedAddress =
  | ({ readonly type: 'address' } & MailAddress)
  /** `why` is printable ASCII and holds nothing of the text. */
  | { readonly type: 'bad'; readonly status: EnhancedStatus; readonly why: string };

/** A local part, a domain, the `@`, and quotes. */
const mostCharacters = 600;

/**
 * Reads an address without angle brackets as RFC 5321 and 6531 write it: a dot-atom or a quoted string, `@`, a domain.
 * Less than they allow: of a quoted string what is as plain as a dot-atom, and none of the characters that name folders,
 * programs or a further way (`/ | % !`), as Exim's own configuration has it. Address literals and source routes are bad.
 */
export function parseAddress(text: string): ParsedAddress {
  if (text.length > mostCharacters) return bad('5.1.3', `it is longer than ${mostCharacters} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  if (/[\u0000-\u001f\u007f]/u.test(text)) return bad('5.1.3', 'it holds a control character');
  if (text.startsWith('@')) return bad('5.1.3', 'it is a source route, or has no local part');
  const at = text.lastIndexOf('@');
  if (at === -1) return bad('5.1.3', 'it has no domain');
  const local = unquote(text.slice(0, at));
  const wrong = local === undefined ? 'its quotes are wrong' : whyNotLocalPart(local);
  if (local === undefined || wrong !== undefined) return bad('5.1.3', wrong ?? '');
  const domain = parseDomain(text.slice(at + 1));
  return domain === undefined
    ? bad('5.1.2', 'what follows the @ is no domain name')
    : { type: 'address', local, domain };
}

/** The text of an address. */
export function renderAddress({ local, domain }: MailAddress): string {
  return `${local}@${domain}`;
}

/** The content of a quoted string, or the text itself; undefined where a quote is open. */
function unquote(text: string): string | undefined {
  if (!text.startsWith('"')) return text;
  const content = /^"((?:[^"\\]|\\.)*)"$/u.exec(text)?.[1];
  return content?.replace(/\\(.)/gu, '$1');
}

function parseDomain(text: string): DomainName | undefined {
  if (whyNotDomainName(text) !== undefined) return undefined;
  const name = parseDomainName(text);
  if (/^\p{ASCII}*$/u.test(text)) return name;
  // What IDNA maps to other letters, full-width ones or a Kelvin sign, is not how anybody's name is written (RFC 5891, 5.3).
  const isWritten = text === text.normalize('NFC') && domainToUnicode(name) === text.toLowerCase();
  return isWritten ? name : undefined;
}

function bad(status: EnhancedStatus, why: string): ParsedAddress {
  return { type: 'bad', status, why };
}
