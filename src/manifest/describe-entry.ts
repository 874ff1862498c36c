import { escapeLines } from '../errors/escape-lines.ts';
import type { Entry, FileSource } from './entry.ts';

/** One entry of a plan in one line: what it is, its mode and owner, its path, where it comes from. */
export function describeEntry(entry: Entry): string {
  const path = escapeLines(entry.path);
  switch (entry.type) {
    case 'dir':
      return `dir      ${ownership(entry)} ${path}`;
    case 'file':
      return `file     ${ownership(entry)} ${path}${describeSource(entry.source)}`;
    case 'symlink':
      return `symlink  ${path} -> ${escapeLines(entry.target)}`;
    case 'hardlink':
      return `hardlink ${path} = ${escapeLines(entry.to)}`;
    case 'device':
      return `device   ${ownership(entry)} ${path} (${entry.major}:${entry.minor})`;
  }
}

function ownership({ mode, owner }: Extract<Entry, { type: 'dir' | 'file' | 'device' }>): string {
  return `${mode.toString(8).padStart(4, '0')} ${owner.uid}:${owner.gid}`;
}

function describeSource(source: FileSource): string {
  return 'copyOf' in source ? ` < ${escapeLines(source.copyOf)}` : '';
}
