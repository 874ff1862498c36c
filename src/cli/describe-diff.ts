import { escapeLines } from '../errors/escape-lines.ts';
import type { Difference } from '../manifest/difference.ts';

/** One file that differs, in lines for standard output. */
export function describeDifference({ path, state, why, diff, beside }: Difference): readonly string[] {
  const waiting = beside === undefined ? [] : [`${path}: an update laid the new file beside it: ${beside}`];
  switch (state) {
    case 'changed':
      return [
        ...(diff?.map(escapeDiffLine) ?? [`${path}: differs, and is no text or too long to show`]),
        ...waiting,
      ];
    case 'missing':
      return [`${path}: the domain took it away`, ...waiting];
    case 'unreadable':
      return [`${path}: cannot be compared: ${escapeLines(why ?? '')}`, ...waiting];
    case 'waiting':
      return waiting;
  }
}

/** Safe on a terminal; tabs and backslashes stay, so that patch(1) can read it. */
export function escapeDiffLine(line: string): string {
  return line
    .split(/(?<kept>[\t\\])/u)
    .map((part) => (part === '\t' || part === '\\' ? part : escapeLines(part)))
    .join('');
}
