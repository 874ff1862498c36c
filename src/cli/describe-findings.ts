import { escapeLines } from '../errors/escape-lines.ts';
import type { Finding } from '../manifest/finding.ts';
import { describeCount } from './describe-size.ts';
import { wrapText } from './wrap-text.ts';

/** So many of one kind are told one by one in a domain; --json has all. */
const mostTold = 5;

/** Where more are there, these stand for them. */
const examples = 3;

/** What a check comes to. */
export interface Checked {
  readonly domains: readonly unknown[];
  readonly findings: readonly Finding[];
}

/** What was found, by domain, in lines of at most `width` columns; the last line counts. */
export function describeFindings({ domains, findings }: Checked, width: number): readonly string[] {
  const roots = new Set(findings.map(({ root }) => root));
  const groups = Map.groupBy(findings, ({ root, domain }) => {
    const name = domain ?? 'the store';
    return roots.size > 1 || domain === undefined ? `${name} in ${escapeLines(root)}` : name;
  });
  return [
    ...[...groups].flatMap(([title, found]) => [title, ...describeGroup(found, width)]),
    `${describeCount(domains.length, 'domain')}, ${describeCount(findings.length, 'finding')}`,
  ];
}

function describeGroup(findings: readonly Finding[], width: number): readonly string[] {
  return [...Map.groupBy(findings, ({ kind }) => kind).values()].flatMap((same) => {
    if (same.length <= mostTold) return same.flatMap((finding) => describeFinding(finding, width));
    return describeMany(same, width);
  });
}

function describeFinding({ path, kind, what, why, mend }: Finding, width: number): readonly string[] {
  const head = path === '' ? what : `${escapeLines(path)}: ${what}`;
  return [
    ...hang('  ', `${head} [${kind}]`, width),
    ...hang('      ', why, width),
    ...hang('      -> ', mend, width),
  ];
}

function describeMany(findings: readonly Finding[], width: number): readonly string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const more = describeCount(findings.length - examples, 'more', 'more');
  return [
    ...findings
      .slice(0, examples)
      .flatMap(({ path, what, kind }) => hang('  ', `${escapeLines(path)}: ${what} [${kind}]`, width)),
    `  and ${more}: --json has them all [${first.kind}]`,
    ...hang('      ', first.why, width),
    ...hang('      -> ', first.mend, width),
  ];
}

/** Text behind a label, its further lines below its first. */
function hang(label: string, text: string, width: number): readonly string[] {
  return wrapText(text, Math.max(20, width - label.length)).map(
    (line, index) => (index === 0 ? label : ' '.repeat(label.length)) + line,
  );
}
