import { escapeLines } from '../errors/escape-lines.ts';
import type { CreatedDomain, CreateResult } from '../pipeline/create-request.ts';
import { describeCount, describeSize } from './describe-size.ts';
import { describeTerm, wrapText } from './wrap-text.ts';

export interface CreatedForm {
  readonly columns: number;
  /** Say what to try next. */
  readonly hints: boolean;
  /** ` --root DIR` where the commands to try need it. */
  readonly rootOption: string;
}

/** The closing words of `virtfs create`. */
export function describeClosing(
  result: CreateResult,
  { columns, hints, rootOption }: CreatedForm,
): readonly string[] {
  const [first] = result.domains;
  const root = escapeLines(result.root);
  const head =
    result.domains.length === 1 && first
      ? `Made ${first.domain} in ${root}: ${describeSizes(first, result)}.`
      : `Made ${describeCount(result.domains.length, 'domain')} in ${root}; each has ${first ? describeSizes(first, result) : ''}.`;
  return [
    ...wrapText(head, columns),
    ...result.notices.flatMap((notice) => hang('note: ', escapeLines(notice), columns)),
    ...(hints && first ? describeHints(first, escapeLines(rootOption), columns) : []),
  ];
}

function describeSizes(domain: CreatedDomain, { link }: CreateResult): string {
  const own = `${describeSize(domain.ownBytes)} of its own in ${describeCount(domain.ownInodes, 'inode')}`;
  const shared =
    link === 'copy' ? 'nothing is shared (copies)' : `${describeSize(domain.sharedBytes)} shared by ${link}`;
  return `${describeCount(domain.entries, 'entry', 'entries')}, ${own}, ${shared}`;
}

function describeHints(
  { domain, record }: CreatedDomain,
  rootOption: string,
  columns: number,
): readonly string[] {
  const hints = [
    [`virtexec${rootOption} --domain ${domain} passwd ${record.admin}`, `set a password for ${record.admin}`],
    [`virtexec${rootOption} --domain ${domain} sh`, 'look around inside'],
    [`virtfs show${rootOption} ${domain}`, 'what is known of it'],
  ] as const;
  const width = Math.max(...hints.map(([command]) => command.length));
  const fits = width + 24 <= columns;
  return [
    'Try next:',
    ...hints.flatMap(([command, what]) =>
      fits ? describeTerm(command, what, width, columns) : [`  ${command}`, `      ${what}`],
    ),
  ];
}

function hang(label: string, text: string, columns: number): readonly string[] {
  return wrapText(text, Math.max(20, columns - label.length - 2)).map(
    (line, index) => `  ${index === 0 ? label : ' '.repeat(label.length)}${line}`,
  );
}
