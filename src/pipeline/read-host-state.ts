import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PresentDomain } from '../domain/declared-host.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { DomainRecord } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import { listTreeAccounts, type TreeAccounts } from '../domain/tree-accounts.ts';
import { isProgramInTree } from '../engine/is-program-in-tree.ts';
import { readAccounts } from '../engine/read-accounts.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { readPlainFile } from '../host/read-plain-file.ts';
import { type DomainList, listDomains, readRecord } from '../host/read-records.ts';
import { readVirtualdFile } from '../host/read-virtuald-services.ts';
import { parseManifestHead } from '../manifest/manifest-text.ts';
import { findServices } from './list-services.ts';
import { withDomainTree } from './with-domain-tree.ts';

/** A domain as it is, with the root its tree is in. */
export interface PlacedDomain extends PresentDomain {
  readonly root: string;
}

export interface HostState {
  /** All domains virtfs made, in all roots. */
  readonly domains: readonly PlacedDomain[];
  /** What else stands in the roots by its name, and what it is: `a tree that virtfs did not make`. */
  readonly strangers: ReadonlyMap<string, string>;
}

/**
 * All domains virtfs made, in all roots, with the people of those that `needsAccounts` says. What whoever is root in a
 * tree did to its files is that domain's trouble, and keeps nobody from reading the others. Throws NEEDS_ROOT, BAD_RECORD.
 */
export async function readHostState(
  settings: Pick<Settings, 'roots' | 'configDir'>,
  needsAccounts: (domain: DomainName) => boolean,
): Promise<HostState> {
  const domains: PlacedDomain[] = [];
  const strangers = new Map<string, string>();
  const virtuald = await readVirtualdFile(settings);
  for (const root of settings.roots) {
    const list = listDomains(root);
    const services = findServices(list, virtuald);
    const known = new Set<string>();
    for (const domain of list.domains) {
      const record = await readRecord(root, domain);
      if (record === undefined) continue;
      known.add(domain);
      const own = services.get(domain) ?? [];
      domains.push({ ...(await readDomain(root, record, list, needsAccounts(domain))), services: own });
    }
    for (const { name, domain } of list.aliases) if (known.has(domain)) known.add(name);
    for (const [name, what] of listStrangers(root, known)) strangers.set(name, what);
  }
  return { domains, strangers };
}

/** The people of one domain. Throws as `withDomainTree`. */
export function readTreeAccounts(root: string, { domain, uids }: DomainRecord): Promise<TreeAccounts> {
  return withDomainTree({ root, domain }, 'read the users of a domain', (tree) => {
    const shell = ['/bin/bash', '/bin/sh'].find((path) => isProgramInTree(tree.fd, path)) ?? '/bin/sh';
    return listTreeAccounts(readAccounts(tree.fd), uids, shell);
  });
}

async function readDomain(
  root: string,
  record: DomainRecord,
  { aliases }: DomainList,
  needsAccounts: boolean,
): Promise<Omit<PlacedDomain, 'services'>> {
  const links = aliases.filter(({ domain }) => domain === record.domain).map(({ name }) => name);
  const common = { root, record, links, isBehind: isBehind(root, record.domain) };
  if (!needsAccounts) return { ...common, accounts: undefined, trouble: undefined };
  try {
    return { ...common, accounts: await readTreeAccounts(root, record), trouble: undefined };
  } catch (error) {
    if (!(error instanceof VirtfsError) || error.code === 'NEEDS_ROOT' || error.code === 'ROOT_UNSAFE')
      throw error;
    const trouble = `the users of ${record.domain} cannot be read: ${error.what}: ${error.why}`;
    return { ...common, accounts: undefined, trouble };
  }
}

/**
 * True when the record was written after the manifest, as it is between a change of names and the tree's following. A
 * held tree follows when it is released.
 */
function isBehind(root: string, domain: DomainName): boolean {
  const [record, manifest] = ['domains', 'manifests'].map((part) =>
    join(root, '.virtfs', part, `${domain}.json`),
  );
  const changed = timeOf(record ?? '');
  const followed = timeOf(manifest ?? '');
  if (changed === undefined || followed === undefined || changed <= followed) return false;
  return parseManifestHead(readPlainFile(manifest ?? '', () => {}) ?? '')?.held !== true;
}

function timeOf(path: string): bigint | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
}

function listStrangers(root: string, known: ReadonlySet<string>): readonly (readonly [string, string])[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter(({ name }) => name.includes('.') && !known.has(name))
      .map((entry) => [entry.name, describeStranger(entry)] as const);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw explainErrno(error, `cannot list ${root}`);
  }
}

function describeStranger(entry: Dirent): string {
  if (entry.isDirectory()) return 'a tree that virtfs did not make';
  return entry.isSymbolicLink() ? 'a link that leads to no domain of virtfs' : 'something that is no tree';
}
