import { whyNotLocalPart } from '../domain/local-part.ts';
import { lowerAscii } from '../domain/lower-ascii.ts';

/** For each alias, in lower case, the list it stands for: `parseTargets` reads it. */
export type ParsedAliases = ReadonlyMap<string, string>;

/**
 * Reads aliases(5): `name: target, target`, lines that begin with white space go on with the one before, `#` begins a
 * comment line. The first of several lines of one name counts. Lines that are none, and names no address can have, do not
 * exist: the file is a stranger's.
 */
export function parseAliases(text: string): ParsedAliases {
  const found = new Map<string, string>();
  for (const line of joinLines(text)) {
    const parts = /^(?:"([^"\\]*)"|([^\s:"]+))\s*:(.*)$/su.exec(line);
    const name = lowerAscii(parts?.[1] ?? parts?.[2] ?? '');
    if (whyNotLocalPart(name) !== undefined || found.has(name)) continue;
    found.set(name, (parts?.[3] ?? '').trim());
  }
  return found;
}

function joinLines(text: string): readonly string[] {
  const lines: string[][] = [];
  for (const line of text.split('\n')) {
    if (/^\s*(?:#|$)/u.test(line)) continue;
    if (/^\s/u.test(line)) lines.at(-1)?.push(line);
    else lines.push([line]);
  }
  return lines.map((parts) => parts.join('\n'));
}
