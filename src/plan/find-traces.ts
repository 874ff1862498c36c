import type { DomainRecord } from '../domain/record.ts';
import { findDomainName } from './find-foreign-name.ts';

/**
 * Where a text of one domain still speaks of it: its name or an alias, one of its addresses, or the ends of its range of
 * ids. Answers the word that was found, or undefined.
 */
export function findTraces(
  text: string,
  { domain, aliases, addresses, uids }: Pick<DomainRecord, 'domain' | 'aliases' | 'addresses' | 'uids'>,
): string | undefined {
  const name = findDomainName(text, new Set<string>([domain, ...aliases]));
  if (name !== undefined) return name;
  const words = [...addresses, String(uids.first), String(uids.first + uids.count - 1)];
  return words.find((word) => {
    const goesOn = word.includes(':') ? '[\\w:]' : '\\w|\\.\\d';
    return new RegExp(`(?<![\\w.:])${RegExp.escape(word)}(?!${goesOn})`, 'u').test(text);
  });
}
