import { lstatSync } from 'node:fs';
import { parseDomainName } from '../../domain/domain-name.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { type FoundDomain, findDomain, listDomains } from '../../host/read-records.ts';

export interface TreeQuestion {
  readonly roots: readonly string[];
  /** As the caller typed it; undefined asks. */
  readonly domain: string | undefined;
  /** Take the only one there is. */
  readonly yes: boolean;
  /** For the question's text. */
  readonly program: string;
}

/**
 * The tree a program is to run in: the domain or alias that was named, else the one chosen on the terminal.
 * Throws BAD_DOMAIN_NAME, DOMAIN_MISSING, and what `chooseDomain` throws.
 */
export async function findTree({ roots, domain, yes, program }: TreeQuestion): Promise<FoundDomain> {
  if (domain !== undefined) return findNamed(roots, domain);
  const lists = roots.map(listDomains);
  const found = lists.flatMap(({ root, domains }) => domains.map((each) => ({ root, domain: each })));
  const [first] = found;
  if (!first) throw noDomain(roots);
  if (yes && found.length === 1) return first;
  const { chooseDomain } = await import('./choose-domain.ts');
  return chooseDomain(lists, program);
}

async function findNamed(roots: readonly string[], text: string): Promise<FoundDomain> {
  const domain = parseDomainName(text);
  // Ten thousand trees need not be listed to find one.
  const root = roots.find((each) => lstatSync(`${each}/${domain}`, { throwIfNoEntry: false })?.isDirectory());
  return root === undefined ? findDomain(roots, domain) : { root, domain };
}

function noDomain(roots: readonly string[]): VirtfsError {
  return new VirtfsError('DOMAIN_MISSING', {
    what: 'there is no domain to run a program in',
    why: `no tree is in ${roots.join(', ')}`,
    mend: 'make one: virtfs create DOMAIN - or say where the trees are: --root DIR',
  });
}
