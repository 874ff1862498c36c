import type { DomainName } from '../domain/domain-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import type { DomainRecord } from '../domain/record.ts';
import { hasName } from '../engine/lay-tree.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { listDomains, readRecords } from '../host/read-records.ts';

/** What the domains of all roots have already: names, addresses, ids. */
export interface Taken {
  readonly records: readonly DomainRecord[];
  /** The domain each taken name belongs to: a domain to itself, an alias to its domain. */
  readonly names: ReadonlyMap<string, string>;
  readonly addresses: ReadonlyMap<IpAddress, DomainName>;
}

export async function readTaken(roots: readonly string[]): Promise<Taken> {
  const records = (await Promise.all(roots.map(readRecords))).flat();
  // An alias whose link is not there yet, or no more, is as good as taken.
  const names = new Map<string, string>(
    records.flatMap(({ domain, aliases }) => aliases.map((alias) => [alias, domain] as const)),
  );
  for (const { domains, aliases } of roots.map(listDomains)) {
    for (const domain of domains) names.set(domain, domain);
    for (const { name, domain } of aliases) names.set(name, domain);
  }
  const addresses = new Map(
    records.flatMap(({ domain, addresses }) => addresses.map((address) => [address, domain] as const)),
  );
  return { records, names, addresses };
}

/** Throws DOMAIN_EXISTS or ADDRESS_TAKEN when a new domain wants what another has. */
export function requireFree(
  taken: Taken,
  wanted: { readonly names: readonly DomainName[]; readonly addresses: readonly IpAddress[] },
): void {
  for (const [index, name] of wanted.names.entries()) {
    const owner = taken.names.get(name);
    if (owner !== undefined) throw domainExists(name, owner);
    if (wanted.names.indexOf(name) !== index) throw namedTwice(name);
  }
  for (const address of wanted.addresses) {
    const owner = taken.addresses.get(address);
    if (owner === undefined) continue;
    throw new VirtfsError('ADDRESS_TAKEN', {
      what: `cannot give the address ${address} to ${wanted.names[0] ?? 'the domain'}`,
      why: `${owner} has it`,
      mend: `choose another address, or see who has which: virtfs list`,
    });
  }
}

/** Throws DOMAIN_EXISTS when something that is no domain, a file or a link, stands where a tree or an alias would. */
export function requireNoSuchName(rootFd: number, names: readonly DomainName[]): void {
  for (const name of names) {
    if (!hasName(rootFd, name)) continue;
    throw new VirtfsError('DOMAIN_EXISTS', {
      what: `cannot make ${name}`,
      why: 'something that is no domain has its name in the root of trees',
      mend: 'look at it with ls -l, move it away, then run the same command again',
    });
  }
}

export function domainExists(name: string, owner: string = name): VirtfsError {
  return new VirtfsError('DOMAIN_EXISTS', {
    what: `cannot make ${name}`,
    why: owner === name ? 'it exists already' : `it exists already, as an alias of ${owner}`,
    mend: `look at it: virtfs show ${owner}`,
  });
}

function namedTwice(name: string): VirtfsError {
  return new VirtfsError('BAD_USAGE', {
    what: `cannot make ${name}`,
    why: 'it is named twice in one call',
    mend: 'name each domain and alias once',
  });
}
