import { parseDomainName } from '../domain/domain-name.ts';
import { type FoundDomain, findDomain } from '../host/read-records.ts';
import { readSettings } from '../host/read-settings.ts';
import type { Io } from './io.ts';

/** The tree that DOMAIN, which may be an alias, names. Throws BAD_DOMAIN_NAME, DOMAIN_MISSING. */
export async function findUserTree(
  io: Io,
  root: string | undefined,
  domain: string | undefined,
): Promise<FoundDomain> {
  const { roots } = await readSettings(io.env, root);
  return findDomain(roots, parseDomainName(domain ?? ''));
}

/** What is said while another program holds the lock of a tree's accounts. */
export function sayAccountsBusy(io: Io, quiet: boolean | undefined, domain: string): () => void {
  return () => {
    if (!quiet) io.err(`Waiting for another program that changes the users of ${domain} …`);
  };
}

/** Each note in lines of its own on standard error. */
export async function sayNotes(io: Io, notes: readonly string[]): Promise<void> {
  if (notes.length === 0) return;
  const { escapeLines } = await import('../errors/escape-lines.ts');
  const { wrapText } = await import('./wrap-text.ts');
  for (const note of notes)
    for (const [index, line] of wrapText(escapeLines(note), io.columns - 8).entries())
      io.err(`${index === 0 ? '  note: ' : '        '}${line}`);
}
