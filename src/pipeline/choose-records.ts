import { chooseUidRange } from '../domain/choose-uid-range.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { DomainRecord, UidRange } from '../domain/record.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { listHostIds } from '../host/list-host-ids.ts';
import { readTrashedRecords } from '../host/read-trash.ts';
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
  request: Pick<
    CreateRequest,
    'domains' | 'addresses' | 'aliases' | 'profiles' | 'admin' | 'mail' | 'settings'
  >,
  rootPath: string,
): Promise<Chosen> {
  const { domains, addresses, aliases, profiles, admin, mail, settings } = request;
  for (const domain of domains) requireRoomForName(domain);
  const roots = [...new Set([rootPath, ...settings.roots])];
  const taken = await readTaken(roots);
  requireFree(taken, { names: [...domains, ...aliases], addresses });
  const hostIds = listHostIds();
  const trashed = (await Promise.all(roots.map(readTrashed))).flat();
  const given: UidRange[] = [...taken.records, ...trashed].map(({ uids }) => uids);
  const now = new Date().toISOString();
  const records = domains.map((domain): NewRecord => {
    const uids = chooseUidRange(given, hostIds, { first: settings.uidFirst, count: settings.uidCount });
    given.push(uids);
    const times = { created: now, updated: now };
    return { version: 1, domain, profiles, addresses, aliases, admin, uids, ...(mail && { mail }), ...times };
  });
  return { records, otherDomains: [...taken.names.keys()] };
}

/** A removed tree has its files still, and may come back. A dry run of a user may not look into the trash. */
async function readTrashed(root: string): Promise<readonly DomainRecord[]> {
  try {
    return await readTrashedRecords(root);
  } catch (error) {
    if (error instanceof VirtfsError && error.code === 'NEEDS_ROOT') return [];
    throw error;
  }
}

/**
 * Throws BAD_DOMAIN_NAME for a name too long: a file name has at most 255 bytes, and the record of a domain is
 * `<domain>.json`.
 */
export function requireRoomForName(domain: DomainName): void {
  const most = 255 - '.json'.length;
  if (domain.length <= most) return;
  throw new VirtfsError('BAD_DOMAIN_NAME', {
    what: `cannot make ${domain}`,
    why: `its name is ${domain.length} characters long, and ${most} is the most a file can be named after`,
    mend: 'make the domain with a shorter name; the long one can be its alias',
  });
}
