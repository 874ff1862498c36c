import { basename } from 'node:path';
import type { DomainName } from '../domain/domain-name.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { type Currency, HostComparison } from '../host/compare-with-host.ts';
import { findPackageOwners, namesOf } from '../host/find-package-owners.ts';
import { listPackageFiles } from '../host/list-package-files.ts';
import { ManifestReader } from '../host/manifest-reader.ts';
import { readLaidVersions } from '../host/read-laid-versions.ts';
import type { TreeManifest } from '../host/read-manifest.ts';
import { readPackageVersions } from '../host/read-package-versions.ts';
import { listDomains } from '../host/read-records.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import { mergeEntries } from '../manifest/parse-manifest.ts';
import { type Entries, resolveInManifest } from '../manifest/resolve-in-manifest.ts';

export interface AffectedFile {
  /** Relative to the tree. */
  readonly path: string;
  /** Of the host. */
  readonly from: string;
  readonly state: Currency;
}

export interface AffectedDomain {
  readonly root: string;
  readonly domain: DomainName;
  /** The version of the package when the tree's files were laid, where it was written down. */
  readonly version?: string | undefined;
  readonly isCurrent: boolean;
  readonly files: readonly AffectedFile[];
}

/** Who holds something of the host. */
export interface Affected {
  readonly name: string;
  readonly kind: 'package' | 'file';
  /** The package itself, or the one the files belong to. */
  readonly package?: string | undefined;
  /** Its version on this host now. */
  readonly hostVersion?: string | undefined;
  readonly domains: readonly AffectedDomain[];
}

export interface AffectedReport {
  readonly affected: readonly Affected[];
  /** Domains whose manifest cannot be read: what they hold is not known. */
  readonly unreadable: readonly VirtfsError[];
}

/** A tree with all that is asked of it. */
interface Tree {
  readonly root: string;
  readonly domain: DomainName;
  readonly entries: Entries;
  readonly laid: ReadonlyMap<string, string> | undefined;
  readonly comparison: HostComparison;
}

/**
 * Which domains hold what each name stands for: a path, a package of this host, else the name of a file. Reads what
 * virtfs wrote down of the trees, never a tree. Throws NEEDS_ROOT.
 */
export async function findAffected(
  roots: readonly string[],
  names: readonly string[],
): Promise<AffectedReport> {
  const unreadable: VirtfsError[] = [];
  const trees = (await Promise.all(roots.map((root) => readTrees(root, unreadable)))).flat();
  const versions = readPackageVersions() ?? new Map<string, string>();
  const affected: Affected[] = [];
  for (const name of names) affected.push(await findOne(name, trees, versions));
  return { affected, unreadable };
}

async function readTrees(root: string, unreadable: VirtfsError[]): Promise<readonly Tree[]> {
  const reader = new ManifestReader(root);
  const comparison = new HostComparison(root);
  const versions = new Map<string, ReadonlyMap<string, string> | undefined>();
  const trees: Tree[] = [];
  for (const domain of listDomains(root).domains) {
    const tree = await reader.read(domain).catch((error: unknown): TreeManifest | undefined => {
      if (!(error instanceof VirtfsError) || error.code !== 'BAD_RECORD') throw error;
      unreadable.push(error);
      return undefined;
    });
    if (tree === undefined) continue;
    const { manifest, layer } = tree;
    if (!versions.has(manifest.layer)) versions.set(manifest.layer, readLaidVersions(root, manifest.layer));
    const laid = versions.get(manifest.layer);
    trees.push({ root, domain, entries: mergeEntries(manifest, layer), laid, comparison });
  }
  return trees;
}

async function findOne(
  name: string,
  trees: readonly Tree[],
  versions: ReadonlyMap<string, string>,
): Promise<Affected> {
  const isPackage = !name.includes('/') && versions.has(name);
  const paths = isPackage ? await pathsOfPackage(name) : undefined;
  const held = trees.flatMap((tree) => {
    const files = paths === undefined ? filesNamed(tree.entries, name) : filesAmong(tree.entries, paths);
    return files.length === 0 ? [] : [{ tree, files }];
  });
  const owner = isPackage ? name : ownerOf(held.flatMap(({ files }) => files));
  return {
    name,
    kind: isPackage ? 'package' : 'file',
    package: owner,
    hostVersion: owner === undefined ? undefined : versions.get(owner),
    domains: held.map(({ tree, files }) => describeHeld(tree, files, owner)),
  };
}

async function pathsOfPackage(name: string): Promise<ReadonlySet<string>> {
  const files = await listPackageFiles([name]);
  return new Set((files.get(name) ?? []).flatMap(namesOf));
}

/** A file of a tree whose bytes came from the host. */
type Copied = ManifestEntry & { readonly from: string };

function isCopied(entry: ManifestEntry | undefined): entry is Copied {
  return entry?.type === 'file' && entry.from !== undefined;
}

function filesAmong(entries: Entries, paths: ReadonlySet<string>): readonly Copied[] {
  return [...entries.values()]
    .filter(isCopied)
    .filter(({ from, path }) => paths.has(from) || paths.has(`/${path}`));
}

/** Files of that path or, for a bare name, of that name in any folder; links of that name stand for what they lead to. */
function filesNamed(entries: Entries, name: string): readonly Copied[] {
  const paths = new Set(namesOf(name));
  const isMeant = name.includes('/')
    ? ({ path, from }: ManifestEntry) => paths.has(`/${path}`) || (from !== undefined && paths.has(from))
    : ({ path }: ManifestEntry) => basename(path) === name;
  const found = [...entries.values()].filter(isMeant).flatMap(({ path }) => {
    const place = resolveInManifest(entries, path, 'follow');
    const entry = place === undefined ? undefined : entries.get(place);
    return isCopied(entry) ? [entry] : [];
  });
  return [...new Set(found)];
}

function ownerOf(files: readonly Copied[]): string | undefined {
  const owners = findPackageOwners([...new Set(files.map(({ from }) => from))]);
  const names = [...new Set(owners.values())];
  // Files of one name in several packages have no one version.
  return names.length === 1 ? names[0] : undefined;
}

function describeHeld(tree: Tree, files: readonly Copied[], owner: string | undefined): AffectedDomain {
  const { root, domain, laid, comparison } = tree;
  const compared = files.map((entry) => ({
    path: entry.path,
    from: entry.from,
    state: comparison.compare(entry),
  }));
  return {
    root,
    domain,
    version: owner === undefined ? undefined : laid?.get(owner),
    isCurrent: compared.every(({ state }) => state === 'current'),
    files: compared,
  };
}
