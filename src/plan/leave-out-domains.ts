import { escapeLines } from '../errors/escape-lines.ts';
import type { Entry } from '../manifest/entry.ts';
import { findDomainName } from './find-foreign-name.ts';

export interface LeftOver {
  readonly entries: readonly Entry[];
  readonly notices: readonly string[];
}

/** `entries` without the text files that name one of `domains`: a tree says nothing of other domains. */
export function leaveOutDomains(entries: readonly Entry[], domains: ReadonlySet<string>): LeftOver {
  const notices: string[] = [];
  const kept = entries.filter((entry) => {
    if (entry.type !== 'file' || !('text' in entry.source)) return true;
    const name = findDomainName(entry.source.text, domains);
    if (name !== undefined) notices.push(`/${escapeLines(entry.path)} is left out: it names ${name}`);
    return name === undefined;
  });
  return { entries: kept, notices };
}
