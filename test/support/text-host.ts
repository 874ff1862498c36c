import type { HostView } from '../../src/domain/host-view.ts';
import { type TableFile, tableHost } from './table-host.ts';

/** A `tableHost` of texts for the most part: a bare string is a file's text. */
export type TextHostTable = Readonly<Record<string, string | TableFile>>;

export function textHost(table: TextHostTable): HostView {
  const rows = Object.entries(table).map(
    ([path, row]) => [path, typeof row === 'string' ? { text: row } : row] as const,
  );
  return tableHost(Object.fromEntries(rows));
}
