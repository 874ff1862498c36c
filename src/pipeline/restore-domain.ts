import { join } from 'node:path';
import { addConfLine } from '../domain/conf-lines.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import type { DomainRecord, UidRange } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import { changeConfFiles } from '../engine/conf-files.ts';
import { hasName } from '../engine/lay-tree.ts';
import { putStateFile } from '../engine/put-state-file.ts';
import { beginRestoration, keptFiles, moveFromTrash, putBack, settleRemovals } from '../engine/trash.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { readTrash, readTrashedRecord, type TrashedDomain } from '../host/read-trash.ts';
import { symlinkAt, syncFileSystem } from '../linux/files.ts';
import { changeTrees, type OpenTrees } from './change-trees.ts';
import { readTaken, type Taken } from './read-taken.ts';

/** What `virtfs restore` is asked for. */
export interface RestoreRequest {
  readonly settings: Settings;
  /** The root whose trash it is in, absolute. */
  readonly root: string;
  readonly domain: DomainName;
  /** The beginning of the time it was removed at; undefined is the last time. */
  readonly removedAt: string | undefined;
  /** Leave out aliases and addresses that another domain has by now. */
  readonly withoutNames: boolean;
  readonly signal: AbortSignal;
  /** Told once while another virtfs holds the lock of this root. */
  readonly onWait: () => void;
}

export interface RestoreResult {
  readonly root: string;
  readonly domain: DomainName;
  readonly path: string;
  /** When it had been removed: ISO 8601, UTC. */
  readonly removed: string;
  readonly aliases: readonly DomainName[];
  readonly addresses: readonly IpAddress[];
  /** Aliases and addresses another domain has. */
  readonly leftOut: readonly string[];
  /** Files that have its lines again: `conf.ftp`. */
  readonly confFiles: readonly string[];
  /** Sentences the administrator should read. */
  readonly notices: readonly string[];
}

/**
 * Brings a removed domain back as it was: what is kept of it first, then the tree, in one step. Killed before that, the
 * domain is in the trash as before.
 * Throws DOMAIN_MISSING, and DOMAIN_EXISTS, ADDRESS_TAKEN or UIDS_TAKEN for what another domain has by now; BAD_USAGE for
 * a time that means none or several; what `changeTrees` throws, NO_SPACE.
 */
export async function restoreDomain(request: RestoreRequest): Promise<RestoreResult> {
  const { root, signal, onWait } = request;
  return changeTrees({ root, what: 'restore a domain', signal, onWait }, async (trees) => {
    const trashed = chooseTrashed(await readTrash(trees.root.path), request);
    const record = await readTrashedRecord(trashed);
    const taken = await readTaken([...new Set([trees.root.path, ...request.settings.roots])]);
    const names = chooseNames(request, trees, { trashed, record, taken });
    try {
      return putAll(trees, { trashed, record, taken }, names);
    } catch (error) {
      settleRemovals(trees.state);
      throw explainErrno(error, `cannot restore ${trashed.domain}`);
    }
  });
}

function chooseTrashed(all: readonly TrashedDomain[], { domain, removedAt }: RestoreRequest): TrashedDomain {
  const fit = all.filter((each) => each.domain === domain && each.purging !== true);
  const [newest] = fit;
  if (newest === undefined) {
    throw new VirtfsError('DOMAIN_MISSING', {
      what: `cannot restore ${domain}`,
      why: 'the trash has no tree of that name',
      mend: 'see what it has: virtfs list --removed',
    });
  }
  if (removedAt === undefined) return newest;
  const meant = fit.filter(({ removed }) => removed.startsWith(removedAt));
  const [one] = meant;
  if (one !== undefined && meant.length === 1) return one;
  throw new VirtfsError('BAD_USAGE', {
    what: `cannot tell which removed tree of ${domain} is meant`,
    why: `${meant.length === 0 ? 'none' : 'more than one'} was removed at that time: there are ${fit.map(({ removed }) => removed).join(', ')}`,
    mend: `give the time as it is shown: virtfs restore ${domain} --removed-at ${newest.removed}`,
  });
}

/** What there is to restore, and what stands in its way. */
interface Found {
  readonly trashed: TrashedDomain;
  readonly record: DomainRecord | undefined;
  readonly taken: Taken;
}

interface ChosenNames {
  readonly aliases: readonly DomainName[];
  readonly addresses: readonly IpAddress[];
  readonly leftOut: readonly string[];
}

function chooseNames(
  { domain, withoutNames }: RestoreRequest,
  { root }: OpenTrees,
  { trashed, record, taken }: Found,
): ChosenNames {
  const owner = taken.names.get(domain);
  if (owner !== undefined || hasName(root.fd, domain)) throw nameTaken(domain, owner);
  if (record) requireUidsFree(domain, record.uids, taken);
  const aliases = [...new Set([...trashed.aliases, ...(record?.aliases ?? [])])];
  const addresses = record?.addresses ?? [];
  const lost = [
    ...aliases
      .filter((alias) => taken.names.has(alias) || hasName(root.fd, alias))
      .map((name) => ({ name, code: 'DOMAIN_EXISTS' as const, owner: taken.names.get(name) })),
    ...addresses
      .filter((address) => taken.addresses.has(address))
      .map((name) => ({ name, code: 'ADDRESS_TAKEN' as const, owner: taken.addresses.get(name) })),
  ];
  const [first] = lost;
  if (first !== undefined && !withoutNames) {
    throw new VirtfsError(first.code, {
      what: `cannot restore ${domain} with all its names`,
      why: lost.map(({ name, owner }) => `${owner ?? 'something that is no domain'} has ${name}`).join('; '),
      mend: `restore it without them: virtfs restore ${domain} --without-names`,
    });
  }
  const leftOut = lost.map(({ name }): string => name);
  return {
    aliases: aliases.filter((each) => !leftOut.includes(each)),
    addresses: addresses.filter((each) => !leftOut.includes(each)),
    leftOut,
  };
}

function nameTaken(domain: DomainName, owner: string | undefined): VirtfsError {
  const isAlias = owner !== undefined && owner !== domain;
  return new VirtfsError('DOMAIN_EXISTS', {
    what: `cannot restore ${domain}`,
    why: isAlias ? `${owner} has that name as an alias` : 'there is something of that name again',
    mend: isAlias
      ? `take the alias away first: virtfs alias remove ${owner} ${domain}`
      : `give that one another name first: virtfs rename ${domain} NEW`,
  });
}

function requireUidsFree(domain: DomainName, uids: UidRange, { records }: Taken): void {
  const other = records.find(
    (record) =>
      record.uids.first < uids.first + uids.count && uids.first < record.uids.first + record.uids.count,
  );
  if (other === undefined) return;
  throw new VirtfsError('UIDS_TAKEN', {
    what: `cannot restore ${domain}`,
    why: `its user ids ${uids.first} to ${uids.first + uids.count - 1} belong to ${other.domain} now`,
    mend: `take what you need out of its tree in .virtfs/trash by hand, or remove the other one: virtfs remove ${other.domain}`,
  });
}

function putAll(
  { root, state }: OpenTrees,
  { trashed, record }: Found,
  { aliases, addresses, leftOut }: ChosenNames,
): RestoreResult {
  const { domain, folder, removed } = trashed;
  beginRestoration(state, folder);
  for (const file of keptFiles) {
    if (file.part === 'domains' && record !== undefined && leftOut.length > 0) {
      const changed: DomainRecord = { ...record, aliases, addresses, updated: new Date().toISOString() };
      putStateFile(state.part('domains'), `${domain}.json`, `${JSON.stringify(changed, undefined, 2)}\n`);
    } else putBack(state, folder, file, domain);
  }
  for (const alias of aliases) putAlias(root.fd, alias, domain);
  const conf = putConfLines(state, trashed, leftOut);
  syncFileSystem(state.fd);
  moveFromTrash(state, folder, domain);
  const path = join(root.path, domain);
  return { root: root.path, domain, path, removed, aliases, addresses, leftOut, ...conf };
}

function putAlias(rootFd: number, alias: DomainName, domain: DomainName): void {
  try {
    symlinkAt(domain, rootFd, alias);
  } catch (error) {
    // It was free when we looked: root makes it by hand.
    if (isErrno(error, 'EEXIST')) throw nameTaken(alias, undefined);
    throw error;
  }
}

/** The lines it had, but for those of addresses that other lines have by now. */
function putConfLines(
  state: OpenTrees['state'],
  { conf }: TrashedDomain,
  leftOut: readonly string[],
): { readonly confFiles: readonly string[]; readonly notices: readonly string[] } {
  if (conf.length === 0) return { confFiles: [], notices: [] };
  const notices: string[] = [];
  const seen = new Set<string>();
  const { changed, problems } = changeConfFiles(state, (before, name) => {
    seen.add(name);
    return conf
      .filter(({ file, address }) => file === name && !leftOut.includes(address))
      .reduce((text, { address, directory }) => {
        const more = addConfLine(text, address, directory);
        if (more === undefined) notices.push(`${name} gives ${address} to another directory by now`);
        return more ?? text;
      }, before);
  });
  const gone = new Set(conf.map(({ file }) => file).filter((file) => !seen.has(file)));
  for (const file of gone) notices.push(`${file}, which had lines of it, is not there any more`);
  return { confFiles: changed, notices: [...notices, ...problems] };
}
