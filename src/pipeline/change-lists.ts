import { fsyncSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
import type { ConfExchange } from '../domain/exchange-conf-lines.ts';
import { exchangeConfLines } from '../domain/exchange-conf-lines.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import type { DomainRecord } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import { readAliasTarget, repointAlias } from '../engine/alias-links.ts';
import { changeConfFiles, confDirectories } from '../engine/conf-files.ts';
import { putStateFile } from '../engine/put-state-file.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { listDomains } from '../host/read-records.ts';
import { symlinkAt, syncFileSystem, unlinkAt } from '../linux/files.ts';
import { changeTrees, type OpenTrees } from './change-trees.ts';
import { domainExists, readTaken, requireFree, requireNoSuchName, type Taken } from './read-taken.ts';
import { requireRecord } from './require-record.ts';

/** The lists of a domain as they are to be; undefined leaves one. */
export interface WantedLists {
  readonly domain: DomainName;
  readonly profiles?: readonly string[] | undefined;
  readonly addresses?: readonly IpAddress[] | undefined;
  readonly aliases?: readonly DomainName[] | undefined;
}

export interface ListsRequest {
  readonly settings: Settings;
  /** The root of trees the domains are in, absolute. */
  readonly root: string;
  readonly wanted: readonly WantedLists[];
  readonly signal: AbortSignal;
  /** Told once while another virtfs holds the lock of this root. */
  readonly onWait: () => void;
}

export interface ChangedLists {
  readonly records: readonly DomainRecord[];
  /** Files of conf lines that were written. */
  readonly confFiles: readonly string[];
  /** Sentences: what could not be done and needs a hand. */
  readonly problems: readonly string[];
}

/**
 * Gives several domains of one root other addresses, aliases and profiles at once, so that they may take each other's.
 * Conf lines and alias links come first and the records last: as long as a record does not say so, doing it again does
 * all that is left. The trees themselves follow with `refreshDomain`.
 * Throws DOMAIN_MISSING, DOMAIN_EXISTS and ADDRESS_TAKEN for what any other domain has, what `changeTrees` throws.
 */
export async function changeLists(request: ListsRequest): Promise<ChangedLists> {
  const { root, settings, signal, onWait } = request;
  return changeTrees({ root, what: 'change domains', signal, onWait }, async (trees) => {
    const taken = await readTaken([...new Set([trees.root.path, ...settings.roots])]);
    const works = await Promise.all(request.wanted.map((wanted) => prepare(trees, wanted)));
    requireAllFree(trees, works, taken);
    const conf = changeConf(trees, works, root);
    changeLinks(trees, works);
    putRecords(trees, works);
    return { records: works.map(({ after }) => after), confFiles: conf.changed, problems: conf.problems };
  });
}

/** One domain, as it is and as it is to be. */
interface Work {
  readonly before: DomainRecord;
  readonly after: DomainRecord;
  /** The links that lead to it. */
  readonly links: readonly DomainName[];
  /** All names it had, by record or link, and has no more. */
  readonly goneNames: readonly DomainName[];
}

async function prepare({ root }: OpenTrees, wanted: WantedLists): Promise<Work> {
  const before = await requireRecord(root.path, wanted.domain);
  const { profiles = before.profiles, addresses = before.addresses, aliases = before.aliases } = wanted;
  const after = { ...before, profiles, addresses, aliases, updated: new Date().toISOString() };
  const all = listDomains(root.path).aliases;
  const links = all.filter(({ domain }) => domain === wanted.domain).map(({ name }) => name);
  // Links made by hand are nobody's business unless the aliases are to be others.
  const hers = wanted.aliases === undefined ? before.aliases : [...new Set([...before.aliases, ...links])];
  return { before, after, links, goneNames: without(hers, aliases) };
}

function requireAllFree({ root }: OpenTrees, works: readonly Work[], taken: Taken): void {
  const changing = new Set<string>(works.map(({ after }) => after.domain));
  const others: Taken = {
    ...taken,
    names: new Map([...taken.names].filter(([name, owner]) => !changing.has(owner) || changing.has(name))),
    addresses: new Map([...taken.addresses].filter(([, owner]) => !changing.has(owner))),
  };
  const leading = new Set(works.flatMap(({ links }) => links));
  const names = ownersOf(works, ({ aliases }) => aliases);
  const addresses = ownersOf(works, (record) => record.addresses);
  for (const { before, after } of works) {
    const isOther = (owners: ReadonlyMap<unknown, DomainName>, each: unknown) =>
      owners.get(each) !== after.domain;
    const twice = after.aliases.find((alias) => isOther(names, alias));
    if (twice !== undefined) throw domainExists(twice, names.get(twice));
    const shared = after.addresses.filter((address) => isOther(addresses, address));
    requireFree({ ...taken, addresses }, { names: [], addresses: shared });
    requireFree(others, { names: without(after.aliases, before.aliases), addresses: [] });
    requireFree(others, { names: [], addresses: without(after.addresses, before.addresses) });
    requireNoSuchName(
      root.fd,
      after.aliases.filter((alias) => !leading.has(alias)),
    );
  }
}

/** The last one where several would have the same. */
function ownersOf<T>(
  works: readonly Work[],
  pick: (record: DomainRecord) => readonly T[],
): ReadonlyMap<T, DomainName> {
  return new Map(works.flatMap(({ after }) => pick(after).map((each) => [each, after.domain] as const)));
}

function changeConf({ root, state }: OpenTrees, works: readonly Work[], requested: string) {
  const roots = [...new Set([root.path, requested])];
  const exchanges = works.map(({ before, after, links, goneNames }): ConfExchange => {
    const renamed = roots.flatMap((each) => {
      const [to = ''] = confDirectories([each], [after.domain]);
      return confDirectories([each], goneNames).map((from) => [from, to] as const);
    });
    return {
      directories: confDirectories(roots, [before.domain, ...before.aliases, ...links]),
      renamed,
      added: without(after.addresses, before.addresses),
      gone: without(before.addresses, after.addresses),
    };
  });
  const refused: string[] = [];
  const { changed, problems } = changeConfFiles(state, (text, name) => {
    const exchanged = exchangeConfLines(text, exchanges);
    for (const address of exchanged.refused)
      refused.push(`${name} gives ${address} to another directory: change that line by hand`);
    return exchanged.text;
  });
  return { changed, problems: [...problems, ...refused] };
}

function changeLinks(trees: OpenTrees, works: readonly Work[]): void {
  const { fd } = trees.root;
  try {
    // A name that passes from one domain to another is free at no instant.
    for (const { after } of works) for (const alias of after.aliases) putLink(trees, alias, after.domain);
    for (const { after, goneNames } of works) {
      for (const alias of goneNames) if (readAliasTarget(fd, alias) === after.domain) unlinkAt(fd, alias);
    }
    fsyncSync(fd);
  } catch (error) {
    throw explainErrno(error, 'cannot change the alias links');
  }
}

function putLink({ root, state }: OpenTrees, alias: DomainName, domain: DomainName): void {
  const target = readAliasTarget(root.fd, alias);
  if (target === undefined) symlinkAt(domain, root.fd, alias);
  else if (target !== domain) repointAlias(state, alias, domain);
}

function putRecords({ state }: OpenTrees, works: readonly Work[]): void {
  try {
    for (const { after } of works)
      putStateFile(state.part('domains'), `${after.domain}.json`, `${JSON.stringify(after, undefined, 2)}\n`);
    syncFileSystem(state.fd);
  } catch (error) {
    throw explainErrno(error, 'cannot write the records to the disk');
  }
}

function without<T>(items: readonly T[], others: readonly T[]): readonly T[] {
  return items.filter((each) => !others.includes(each));
}
