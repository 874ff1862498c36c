import type { DomainName } from '../domain/domain-name.ts';
import type { DomainRecord } from '../domain/record.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readRecord } from '../host/read-records.ts';

/** The record of a domain. Throws DOMAIN_MISSING for a tree made by hand, and as `readRecord`. */
export async function requireRecord(root: string, domain: DomainName): Promise<DomainRecord> {
  const record = await readRecord(root, domain);
  if (record !== undefined) return record;
  throw new VirtfsError('DOMAIN_MISSING', {
    what: `cannot change ${domain}`,
    why: 'virtfs did not make this tree, and keeps no record of it',
    mend: 'make a tree that virtfs knows: virtfs create DOMAIN',
  });
}
