import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type DomainName, whyNotDomainName } from '../domain/domain-name.ts';
import type { DomainRecord } from '../domain/record.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { readPlainFile } from './read-plain-file.ts';

/** The domains of one root, sorted, as its folder shows them. */
export interface DomainList {
  readonly root: string;
  readonly domains: readonly DomainName[];
  /** Symbolic links to one of `domains`. */
  readonly aliases: readonly { readonly name: DomainName; readonly domain: DomainName }[];
}

/**
 * What is a domain in `root`: the directories with the name of one, whoever made them, and the links to them. Empty
 * when there is no such folder. Reads names alone: no record, no validator is loaded.
 */
export function listDomains(root: string): DomainList {
  const found = entriesOf(root).filter((entry) => isOwnSpelling(entry.name));
  const domains = found.filter((entry) => entry.isDirectory()).map((entry) => entry.name as DomainName);
  const aliases = found
    .filter((entry) => entry.isSymbolicLink())
    .flatMap(({ name }) => {
      const domain = targetOf(join(root, name));
      return domain !== undefined && domains.includes(domain) ? [{ name: name as DomainName, domain }] : [];
    });
  return { root, domains: domains.sort(), aliases: aliases.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/**
 * The record virtfs keeps of `domain`; undefined for a tree made by hand. Throws BAD_RECORD that names the file, and
 * NEEDS_ROOT when it may not be read.
 */
export async function readRecord(root: string, domain: DomainName): Promise<DomainRecord | undefined> {
  const file = join(root, '.virtfs', 'domains', `${domain}.json`);
  const text = readPlainFile(file, () => {});
  if (text === undefined) return undefined;
  const { badRecord, parseRecord } = await import('../domain/parse-record.ts');
  const record = parseRecord(text, file);
  if (record.domain !== domain) throw badRecord(file, `it speaks of ${record.domain}`);
  return record;
}

/** The records of all domains of `root` that have one. Throws as `readRecord`. */
export async function readRecords(root: string): Promise<readonly DomainRecord[]> {
  const records = await Promise.all(listDomains(root).domains.map((domain) => readRecord(root, domain)));
  return records.filter((record) => record !== undefined);
}

export interface FoundDomain {
  readonly root: string;
  readonly domain: DomainName;
  /** The alias that was asked for, when it was one. */
  readonly alias?: DomainName;
}

/** Where `name`, a domain or an alias, has its tree. Throws DOMAIN_MISSING with the nearest name there is. */
export async function findDomain(roots: readonly string[], name: DomainName): Promise<FoundDomain> {
  const lists = roots.map(listDomains);
  for (const { root, domains, aliases } of lists) {
    if (domains.includes(name)) return { root, domain: name };
    const alias = aliases.find((each) => each.name === name);
    if (alias) return { root, domain: alias.domain, alias: name };
  }
  const { nearestName } = await import('../domain/nearest-name.ts');
  const near = nearestName(
    name,
    lists.flatMap(({ domains, aliases }) => [...domains, ...aliases.map((each) => each.name)]),
  );
  throw new VirtfsError('DOMAIN_MISSING', {
    what: `there is no domain ${name}`,
    why: `no tree of that name is in ${roots.join(', ')}`,
    mend:
      near === undefined
        ? 'see what there is: virtfs list'
        : `perhaps ${near} is meant; see what there is: virtfs list`,
  });
}

function entriesOf(root: string) {
  try {
    return readdirSync(root, { withFileTypes: true });
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw explainErrno(error, `cannot list ${root}`);
  }
}

/** A tree's folder is spelled as parseDomainName spells it: `Example.org` beside `example.org` is none of ours. */
function isOwnSpelling(name: string): boolean {
  return /^[a-z0-9.-]+$/u.test(name) && whyNotDomainName(name) === undefined;
}

function targetOf(link: string): DomainName | undefined {
  try {
    const target = readlinkSync(link).replace(/\/$/u, '');
    return isOwnSpelling(target) ? (target as DomainName) : undefined;
  } catch (error) {
    // Gone, or no link any more, since the folder was read.
    if (isErrno(error, 'ENOENT') || isErrno(error, 'EINVAL')) return undefined;
    throw error;
  }
}
