import type { Account } from './account.ts';
import { lowerAscii } from './lower-ascii.ts';
import { parseGroupsOf } from './parse-group.ts';
import { parsePasswd } from './parse-passwd.ts';

/** Lines of one name that are looked at: the first that is an account counts, and a stranger may write a million. */
const mostLinesOfName = 20;

/** Answers who passwd(5) text knows without reading all of it again. */
export interface AccountIndex {
  /** The account of that name as in `parsePasswd`, else one whose name differs in ASCII case alone: in lower case first. */
  readonly find: (name: string) => Account | undefined;
}

/** Reads the text once. */
export function indexAccounts(text: string): AccountIndex {
  const places = new Map<string, number | number[]>();
  for (let at = 0; at < text.length; ) {
    const lineEnd = endOfLine(text, at);
    const colon = text.indexOf(':', at);
    if (colon > at && colon < lineEnd) notePlace(places, lowerAscii(text.slice(at, colon)), at);
    at = lineEnd + 1;
  }
  return {
    find: (name) => {
      const starts = [places.get(lowerAscii(name)) ?? []].flat();
      const lines = starts.map((at) => text.slice(at, endOfLine(text, at)));
      const ofName = lines.join('\n');
      const others = lines.map((line) => line.slice(0, line.indexOf(':')));
      return firstOf([name, lowerAscii(name), ...others], (wanted) => parsePasswd(ofName, wanted));
    },
  };
}

/** Answers whose groups group(5) text lists. */
export interface MemberIndex {
  /** Their numbers, each once. */
  readonly groupsOf: (name: string) => readonly number[];
  /** Characters of lines that have members: what each answer reads. */
  readonly size: number;
}

/** Reads the text once. */
export function indexMembers(text: string): MemberIndex {
  // A group of one's own, as each user has, lists nobody.
  const lines = text.split('\n').filter((line) => line.includes(':') && !line.endsWith(':'));
  const kept = lines.join('\n');
  return {
    groupsOf: (name) => parseGroupsOf(kept, name).map(({ gid }) => gid),
    size: kept.length,
  };
}

function notePlace(places: Map<string, number | number[]>, name: string, at: number): void {
  const known = places.get(name);
  if (known === undefined) places.set(name, at);
  else if (typeof known === 'number') places.set(name, [known, at]);
  else if (known.length < mostLinesOfName) known.push(at);
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
