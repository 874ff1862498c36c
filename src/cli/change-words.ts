import { escapeLines } from '../errors/escape-lines.ts';
import type { ChangedRecord } from '../pipeline/change-record.ts';
import type { Refreshed } from '../pipeline/refresh-domain.ts';
import type { Change } from '../pipeline/update-request.ts';
import { wrapText } from './wrap-text.ts';

/** Paths of a tree that are named one by one. */
const mostPaths = 8;

/** What followed from a changed record, beside the words that were asked for. */
export function describeConsequences(
  { confFiles, notices, problems }: Pick<ChangedRecord, 'confFiles' | 'notices' | 'problems'>,
  columns: number,
): readonly string[] {
  return [
    ...(confFiles.length === 0 ? [] : wrapText(`Written: ${confFiles.join(', ')}.`, columns)),
    ...describeNotes([...problems, ...notices], columns),
  ];
}

/** What became of the tree of `domain` itself. */
export function describeRefreshed(
  { changes, notices, problems }: Refreshed,
  domain: string,
  columns: number,
): readonly string[] {
  const beside = changes.filter(({ action }) => action === 'lay beside');
  const done = changes.filter(({ action }) => action !== 'keep' && action !== 'lay beside');
  const kept =
    beside.length === 0
      ? []
      : [
          `the domain changed ${listPaths(beside)}: the new text lies beside its own, see virtfs diff ${domain}`,
        ];
  return [
    ...(done.length === 0 ? [] : wrapText(`Brought up to date in the tree: ${listPaths(done)}.`, columns)),
    ...describeNotes([...problems, ...notices, ...kept], columns),
  ];
}

function listPaths(changes: readonly Change[]): string {
  const paths = changes.slice(0, mostPaths).map(({ path }) => `/${escapeLines(path)}`);
  const more = changes.length > mostPaths ? ` and ${changes.length - mostPaths} more` : '';
  return paths.join(', ') + more;
}

/** Sentences that stand out from the news. */
export function describeNotes(sentences: readonly string[], columns: number): readonly string[] {
  return sentences.flatMap((sentence) =>
    wrapText(clean(sentence), Math.max(20, columns - 8)).map((line, index) =>
      index === 0 ? `  note: ${line}` : `        ${line}`,
    ),
  );
}

/** A second guard behind whoever made the text: keeps its own escapes. */
function clean(text: string): string {
  return text.split('\\').map(escapeLines).join('\\');
}
