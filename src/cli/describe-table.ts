import { escapeLines } from '../errors/escape-lines.ts';
import { padEnd, textWidth } from './text-width.ts';
import { wrapText } from './wrap-text.ts';

export interface Column {
  readonly title: string;
  /** May be narrowed, its cells wrapped, where the terminal is too small. */
  readonly shrinks?: boolean;
  readonly align?: 'left' | 'right';
}

const gap = '  ';
const narrowest = 8;

/**
 * A table in lines of at most `width` columns, as far as the columns that may be narrowed allow it.
 * Cells are text from outside: they are escaped here.
 */
export function describeTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const cells = rows.map((row) => columns.map((_, index) => escapeLines(row[index] ?? '')));
  const natural = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...cells.map((row) => textWidth(row[index] ?? ''))),
  );
  const widths = fitWidths(columns, natural, width - gap.length * (columns.length - 1));
  return [columns.map((column) => column.title), ...cells].flatMap((row) =>
    describeRow(columns, row, widths),
  );
}

/** Takes one column at a time off the widest column that may shrink. */
function fitWidths(columns: readonly Column[], natural: readonly number[], room: number): readonly number[] {
  const widths = [...natural];
  const least = columns.map((column) => Math.max(narrowest, textWidth(column.title)));
  let over = widths.reduce((sum, each) => sum + each, 0) - room;
  while (over > 0 && Number.isFinite(over)) {
    const candidates = columns.flatMap((column, index) =>
      column.shrinks && (widths[index] ?? 0) > (least[index] ?? 0) ? [index] : [],
    );
    if (candidates.length === 0) break;
    const widest = candidates.reduce((a, b) => ((widths[b] ?? 0) > (widths[a] ?? 0) ? b : a));
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
  return widths;
}

function describeRow(
  columns: readonly Column[],
  row: readonly string[],
  widths: readonly number[],
): readonly string[] {
  const wrapped = row.map((cell, index) =>
    columns[index]?.shrinks ? wrapText(cell, widths[index] ?? 0) : [cell],
  );
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map((column, index) => {
        const text = wrapped[index]?.[line] ?? '';
        const room = widths[index] ?? 0;
        return column.align === 'right'
          ? ' '.repeat(Math.max(0, room - textWidth(text))) + text
          : padEnd(text, room);
      })
      .join(gap)
      .trimEnd(),
  );
}
