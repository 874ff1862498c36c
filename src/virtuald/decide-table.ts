import { parseConf } from '../domain/conf-lines.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { type AddressTable, makeAddressTable } from './address-table.ts';

export interface TableQuestion {
  /** What holds now; undefined at the beginning. */
  readonly old: AddressTable | undefined;
  readonly text: string;
  /** For the complaints. */
  readonly file: string;
  /** The folders that hold trees. */
  readonly roots: readonly string[];
}

export interface TableDecision {
  /** undefined where no text has been good yet. */
  readonly table: AddressTable | undefined;
  /** A line of text for each mistake, in the order of the file; none when the new text holds. */
  readonly complaints: readonly string[];
}

/**
 * Which table holds once the file has a new text: that of the text when it is good throughout, or else the old one. A
 * table half read would send connections to `default` that have a tree of their own.
 */
export function decideTable({ old, text, file, roots }: TableQuestion): TableDecision {
  const { table, complaints } = makeAddressTable(parseConf(text), roots);
  if (complaints.length === 0) return { table, complaints: [] };
  const place = escapeLines(file);
  return { table: old, complaints: complaints.map(({ line, why }) => `${place}, line ${line}: ${why}`) };
}
