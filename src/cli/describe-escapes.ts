import type { EscapeOutcome, EscapeReport, EscapeRow } from '../domain/escape-report.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { describeTable } from './describe-table.ts';
import { wrapText } from './wrap-text.ts';

/** A line for each attempt, and below what there is to say of those that were not simply blocked. */
export function describeEscapes({ rows, users }: EscapeReport, width: number): readonly string[] {
  const columns = [
    { title: 'ATTEMPT', shrinks: true },
    ...users.map((user) => ({ title: `AS ${escapeLines(user)}` })),
    { title: 'WOULD GIVE', shrinks: true },
  ];
  const table = rows.map((row) => [
    row.attempt,
    ...users.map((user) =>
      wordFor(
        row,
        row.outcomes.find(({ as }) => as === user),
      ),
    ),
    row.gives,
  ]);
  const notes = rows.flatMap(describeNotes).flatMap((note) => wrapText(note, width));
  return [...describeTable(columns, table, width), ...(notes.length > 0 ? [''] : []), ...notes];
}

function wordFor({ type }: EscapeRow, outcome: EscapeOutcome | undefined): string {
  switch (outcome?.type) {
    case 'through':
      return type === 'limit' ? 'known limit' : 'GOT THROUGH';
    case 'untested':
      return 'not tried';
    case 'blocked':
      return 'blocked';
    case undefined:
      return '-';
  }
}

function describeNotes({ attempt, type, outcomes, tooOldFor }: EscapeRow): readonly string[] {
  const wanted = outcomes.filter(
    (each) => each.type === 'untested' || (each.type === 'through' && type === 'escape'),
  );
  const old = tooOldFor === undefined ? '' : `; this kernel is too old to stop it: ${tooOldFor} does`;
  const texts = Map.groupBy(
    wanted,
    (each) =>
      `${each.type === 'through' ? 'GOT THROUGH' : 'not tried'}: ${each.how}${each.type === 'through' ? old : ''}`,
  );
  return [...texts].map(
    ([text, each]) =>
      `${attempt}, as ${each.map(({ as }) => escapeLines(as)).join(' and ')}: ${escapeLines(text)}`,
  );
}

/** The whole in one sentence. */
export function describeVerdict({ domain, rows, users, kernel, landlock }: EscapeReport): string {
  const count = (holds: (row: EscapeRow) => boolean) => rows.filter(holds).length;
  const isThrough = ({ outcomes }: EscapeRow) => outcomes.some((each) => each.type === 'through');
  const escapes = count((row) => row.type === 'escape' && isThrough(row));
  const limits = count((row) => row.type === 'limit' && isThrough(row));
  const system = `Linux ${kernel}, ${landlock === 0 ? 'without Landlock' : `Landlock ${landlock}`}`;
  const tried = `${rows.length} ways out of ${domain}, as ${users.map(escapeLines).join(' and ')}, on ${escapeLines(system)}`;
  const known = limits === 0 ? '' : `; ${limits} known ${limits === 1 ? 'limit' : 'limits'}, see SECURITY.md`;
  return `${tried}: ${escapes === 0 ? 'nothing got through' : `${escapes} GOT THROUGH`}${known}.`;
}
