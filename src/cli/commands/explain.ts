import { parseDomainName } from '../../domain/domain-name.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { type Currency, HostComparison } from '../../host/compare-with-host.ts';
import { findPackageOwner } from '../../host/find-package-owner.ts';
import { readLaidVersions } from '../../host/read-laid-versions.ts';
import { readManifest } from '../../host/read-manifest.ts';
import { findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { type Explanation, explainEntry } from '../../manifest/explain-entry.ts';
import type { ManifestEntry } from '../../manifest/manifest.ts';
import { mergeEntries } from '../../manifest/parse-manifest.ts';
import { describeFacts } from '../describe-facts.ts';
import { describeCount, describeSize } from '../describe-size.ts';
import type { ExplainCall } from '../specs/explain-spec.ts';

export async function runExplain({ operands, values, io }: ExplainCall): Promise<number> {
  const [name = '', path = ''] = operands;
  const { roots } = await readSettings(io.env, values.root);
  const { root, domain } = await findDomain(roots, parseDomainName(name));
  const tree = await readManifest(root, domain);
  if (tree === undefined) throw madeByHand(domain);
  const entries = mergeEntries(tree.manifest, tree.layer);
  const inTree = withoutTree(path, `${root}/${domain}`);
  const explanation = explainEntry(entries, inTree);
  if (explanation === undefined) throw notInTree(inTree, domain, entries);
  const { from } = explanation.entry;
  const owner = from === undefined ? undefined : await findPackageOwner(from, io.signal);
  const origin: Origin = {
    package: owner,
    packageVersion:
      owner === undefined ? undefined : readLaidVersions(root, tree.manifest.layer)?.get(plainName(owner)),
    onHost: isCopied(explanation.entry) ? new HostComparison(root).compare(explanation.entry) : undefined,
  };
  if (values.json) {
    const { entry, ...rest } = explanation;
    io.out(JSON.stringify({ domain, asked: path, ...entry, ...origin, ...rest }, undefined, 2));
    return 0;
  }
  const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
  for (const line of describeExplanation(explanation, origin, width)) io.out(line);
  return 0;
}

/** A path that shell completion made names the tree as the host sees it; the rest is what is asked. */
function withoutTree(path: string, tree: string): string {
  return path === tree || path.startsWith(`${tree}/`) ? path.slice(tree.length) : path;
}

/** The host's part of the answer. */
interface Origin {
  readonly package: string | undefined;
  /** The version the package had when the file was laid. */
  readonly packageVersion: string | undefined;
  /** How the host's file is to the one that was laid. */
  readonly onHost: Currency | undefined;
}

/** dpkg names the machine, too, where packages of several may be installed: `libc6:amd64`. */
function plainName(owner: string): string {
  return owner.replace(/[:,].*$/u, '');
}

function isCopied(entry: ManifestEntry): entry is ManifestEntry & { readonly from: string } {
  return entry.type === 'file' && entry.from !== undefined;
}

// biome-ignore format: a table
const hostTexts: Readonly<Record<Currency, string>> = {
  current: 'has the same file',
  changed: 'has another file by now: virtfs update brings it',
  gone:    'has no such file any more',
};

function describeExplanation(
  explanation: Explanation,
  { package: owner, packageVersion, onHost }: Origin,
  width: number,
): readonly string[] {
  const { entry, leadsTo, needs, neededBy } = explanation;
  return [
    `/${escapeLines(entry.path)}`,
    ...describeFacts(
      [
        ['what', describeKind(entry)],
        ['why', escapeLines(entry.why)],
        ['from', originOf(entry)],
        [
          'package',
          owner === undefined
            ? undefined
            : `${owner}, version ${packageVersion ?? 'unknown'} when it was laid`,
        ],
        ['this host', onHost && hostTexts[onHost]],
        ['leads to', leadsTo === undefined ? undefined : `/${escapeLines(leadsTo)}`],
        ['needs', needs.map((each) => `/${escapeLines(each)}`)],
        ['needed by', neededBy.map((each) => `/${escapeLines(each)}`)],
      ],
      width,
    ),
  ];
}

function describeKind(entry: ManifestEntry): string {
  const owned = `mode ${entry.mode ?? '?'}, owner ${entry.uid ?? '?'}:${entry.gid ?? '?'}`;
  switch (entry.type) {
    case 'dir':
      return `folder, ${owned}`;
    case 'file':
      return `file of ${describeSize(entry.size ?? 0)}, ${owned}${entry.shared ? ', shared with other trees' : ''}`;
    case 'symlink':
      return `link to ${escapeLines(entry.target ?? '')}`;
    case 'hardlink':
      return `another name of ${escapeLines(entry.to ?? '')} of the host`;
    case 'device':
      return `character device ${entry.major}:${entry.minor}, ${owned}`;
  }
}

function originOf(entry: ManifestEntry): string | undefined {
  if (entry.type !== 'file') return undefined;
  return entry.from === undefined ? 'virtfs, which wrote it' : `${escapeLines(entry.from)} of the host`;
}

function madeByHand(domain: string): VirtfsError {
  return new VirtfsError('PATH_NOT_IN_TREE', {
    what: `cannot explain a file of ${domain}`,
    why: 'virtfs did not make this tree, and nothing is written down about it',
    mend: `make a tree that virtfs knows: virtfs create DOMAIN`,
  });
}

function notInTree(path: string, domain: string, entries: ReadonlyMap<string, ManifestEntry>): VirtfsError {
  const plain = path.replace(/^\/+|\/+$/gu, '');
  const near = nearestPath(plain, [...entries.keys()]);
  return new VirtfsError('PATH_NOT_IN_TREE', {
    what: `cannot explain '${escapeLines(path)}' of ${domain}`,
    why: `virtfs put no such path into the tree (of ${describeCount(entries.size, 'entry', 'entries')})`,
    mend:
      near === undefined
        ? `look whether someone made it there: virtexec --domain ${domain} ls -l`
        : `perhaps /${escapeLines(near)} is meant`,
  });
}

/** A path of that very name in another folder is the likeliest; then one that is spelled nearly so. */
function nearestPath(path: string, paths: readonly string[]): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const sameName = paths.find((each) => each === name || each.endsWith(`/${name}`));
  return sameName ?? nearestName(path, paths);
}
