import { parseDomainName, unicodeForm } from '../../domain/domain-name.ts';
import type { DomainRecord } from '../../domain/record.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { readManifest } from '../../host/read-manifest.ts';
import { type FoundDomain, findDomain, listDomains, readRecord } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { countEntries, type EntryCounts } from '../../manifest/count-entries.ts';
import { mergeEntries } from '../../manifest/parse-manifest.ts';
import { describeFacts, type Fact } from '../describe-facts.ts';
import { describeCount, describeSize } from '../describe-size.ts';
import type { ShowCall } from '../specs/show-spec.ts';

export async function runShow({ operands, values, io }: ShowCall): Promise<number> {
  const { roots } = await readSettings(io.env, values.root);
  const found = await findDomain(roots, parseDomainName(operands[0] ?? ''));
  const { root, domain } = found;
  const record = await readRecord(root, domain);
  const tree = await readManifest(root, domain);
  const aliases = listDomains(root)
    .aliases.filter((alias) => alias.domain === domain)
    .map((alias) => alias.name);
  const counts =
    tree && countEntries(mergeEntries(tree.manifest, tree.layer).values(), record?.link ?? 'copy');
  const notices = tree?.layer.notices ?? [];
  if (values.json) {
    const { version: _, ...known } = record ?? { version: 1, domain };
    io.out(
      JSON.stringify(
        {
          ...known,
          root,
          path: pathOf(found),
          aliases,
          recorded: record !== undefined,
          layer: tree?.manifest.layer,
          counts,
          notices,
        },
        undefined,
        2,
      ),
    );
    return 0;
  }
  if (found.alias !== undefined) io.out(`${found.alias} is an alias of ${domain}.`);
  io.out(domain);
  const facts: Fact[] = [
    ['written', unicodeForm(domain)],
    ['tree', pathOf(found)],
    ['aliases', aliases.join(' ') || undefined],
    ...(record ? recordFacts(record) : [['record', 'none: virtfs did not make this tree'] as const]),
    ...(counts ? countFacts(counts) : []),
    ['notices', notices.map(escapeLines)],
  ];
  for (const line of describeFacts(facts, io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY))
    io.out(line);
  return 0;
}

function pathOf({ root, domain }: FoundDomain): string {
  return `${root === '/' ? '' : root}/${domain}`;
}

function recordFacts({
  profiles,
  addresses,
  admin,
  uids,
  link,
  created,
  updated,
}: DomainRecord): readonly Fact[] {
  return [
    ['profiles', escapeLines(profiles.join(' '))],
    ['addresses', addresses.join(' ') || 'none'],
    ['administrator', escapeLines(admin)],
    ['user ids', `${uids.first} to ${uids.first + uids.count - 1}`],
    ['shares by', link],
    ['created', created],
    ['updated', updated === created ? undefined : updated],
  ];
}

function countFacts(counts: EntryCounts): readonly Fact[] {
  return [
    [
      'made of',
      [
        describeCount(counts.files, 'file'),
        describeCount(counts.dirs, 'folder'),
        describeCount(counts.symlinks + counts.hardlinks, 'link'),
        describeCount(counts.devices, 'device'),
      ].join(', '),
    ],
    [
      'its own',
      `${describeSize(counts.ownBytes)} in ${describeCount(counts.ownInodes, 'inode')}, when it was made`,
    ],
    ['shared', `${describeSize(counts.sharedBytes)} in ${describeCount(counts.sharedFiles, 'file')}`],
  ];
}
