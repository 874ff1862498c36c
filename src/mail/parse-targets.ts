import { whyNotLocalPart } from '../domain/local-part.ts';
import { type MailAddress, parseAddress } from './parse-address.ts';

/** Where a line of etc/aliases or `.forward` sends mail. */
export type MailTarget =
  /** A user or alias of the domain the line is of. `isFinal` for `\bob`: no alias and no `.forward` is asked any more. */
  | { readonly type: 'local'; readonly local: string; readonly isFinal: boolean }
  | ({ readonly type: 'address' } & MailAddress);

export interface ParsedTargets {
  readonly targets: readonly MailTarget[];
  /** What does not count, each with the reason. Not escaped. */
  readonly ignored: readonly { readonly text: string; readonly why: string }[];
}

/** More than any list a person keeps by hand; the rest is ignored. */
const mostTargets = 1000;

/** No address is longer. */
const mostCharacters = 1000;

/**
 * Reads a list as aliases(5) and `.forward` have them: names and addresses, commas between them. Programs (`|`), files
 * (`/`) and lists in files (`:include:`) do not count: they would be run or opened for a stranger.
 */
export function parseTargets(text: string): ParsedTargets {
  const items = splitItems(text);
  const targets: MailTarget[] = [];
  const ignored: { readonly text: string; readonly why: string }[] = [];
  for (const item of items.slice(0, mostTargets)) {
    const target = parseTarget(item);
    if (typeof target === 'string') ignored.push({ text: item.slice(0, 200), why: target });
    else targets.push(target);
  }
  if (items.length > mostTargets) ignored.push({ text: '…', why: `only the first ${mostTargets} count` });
  return { targets, ignored };
}

/** A target, or why it does not count. */
function parseTarget(item: string): MailTarget | string {
  if (item.length > mostCharacters) return `it is longer than ${mostCharacters} characters`;
  const isFinal = item.startsWith('\\');
  const plain = isFinal ? item.slice(1) : unquoteWhole(item);
  if (plain.startsWith('|')) return 'it is a program';
  if (/^[/.~]/u.test(plain)) return 'it is a file';
  if (/^:/u.test(plain)) return 'it is a list in a file, or a word of another mail program';
  if (!plain.includes('@')) {
    const wrong = whyNotLocalPart(plain);
    return wrong ?? { type: 'local', local: plain, isFinal };
  }
  const address = parseAddress(withoutBrackets(plain));
  return address.type === 'bad' ? address.why : address;
}

/** Both `"|a, b"` and `|"a, b"` are one item. Looks at each character once, for a stranger chose them. */
function splitItems(text: string): readonly string[] {
  const items: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\' && isQuoted) at++;
    else if (char === '"') isQuoted = !isQuoted;
    else if (char === ',' && !isQuoted) {
      items.push(text.slice(start, at));
      start = at + 1;
    }
  }
  items.push(text.slice(start));
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function unquoteWhole(item: string): string {
  const content = /^"((?:[^"\\]|\\.)*)"$/su.exec(item)?.[1];
  return content === undefined ? item : content.replace(/\\(.)/gsu, '$1');
}

/** `Bob <bob@example.org>` and `<bob@example.org>` are how people write one. */
function withoutBrackets(item: string): string {
  return /^[^<>]*<([^<>]*)>$/su.exec(item)?.[1] ?? item;
}
