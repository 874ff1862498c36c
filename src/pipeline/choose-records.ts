import { chooseUidRange } from '../domain/choose-uid-range.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { DomainRecord, UidRange } from '../domain/record.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { listHostIds } from '../host/list-host-ids.ts';
import type { CreateRequest } from './create-request.ts';
import { readTaken, requireFree } from './read-taken.ts';

/** A record before it is known how the tree shares its files. */
export type NewRecord = Omit<DomainRecord, 'link'>;

export interface Chosen {
  readonly records: readonly NewRecord[];
  /** Names that are taken: no new tree may name them. */
  readonly otherDomains: readonly string[];
}

/**
 * Gives each new domain what no other has: its name, addresses, aliases and a range of ids.
 * Throws DOMAIN_EXISTS, ADDRESS_TAKEN, UIDS_EXHAUSTED, and BAD_DOMAIN_NAME for one too long to keep a record of.
 */
export async function chooseRecords(
  request: Pick<CreateRequest, 'domains' | 'addresses' | 'aliases' | 'profiles' | 'admin' | 'settings'>,
  rootPath: string,
): Promise<Chosen> {
  const { domains, addresses, aliases, profiles, admin, settings } = request;
  for (const domain of domains) requireRoomForName(domain);
  const taken = await readTaken([...new Set([rootPath, ...settings.roots])]);
  requireFree(taken, { names: [...domains, ...aliases], addresses });
  const hostIds = listHostIds();
  const given: UidRange[] = taken.records.map(({ uids }) => uids);
  const now = new Date().toISOString();
  const records = domains.map((domain): NewRecord => {
    const uids = chooseUidRange(given, hostIds, { first: settings.uidFirst, count: settings.uidCount });
    given.push(uids);
    return { version: 1, domain, profiles, addresses, aliases, admin, uids, created: now, updated: now };
  });
  return { records, otherDomains: [...taken.names.keys()] };
}

/** A file name has at most 255 bytes, and the record of a domain is `<domain>.json`. */
function requireRoomForName(domain: DomainName): void {
  const most = 255 - '.json'.length;
  if (domain.length <= most) return;
  throw new VirtfsError('BAD_DOMAIN_NAME', {
    what: `cannot make ${domain}`,
    why: `its name is ${domain.length} characters long, and ${most} is the most a file can be named after`,
    mend: 'make the domain with a shorter name; the long one can be its alias',
  });
}
