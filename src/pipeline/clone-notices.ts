import type { DomainRecord } from '../domain/record.ts';
import type { CloneTally, NotedPaths } from '../engine/clone-tally.ts';
import { readTreeBytes } from '../engine/read-tree-file.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { findTraces } from '../plan/find-traces.ts';
import { counted } from './count-words.ts';

const mostNamed = 5;
const mostBytes = 1 << 20;

/**
 * What the administrator should read after a clone: what did not come along and why, and which files of etc speak of the
 * domain they came from. They are read below `treeFd`.
 */
export function cloneNotices(
  source: DomainRecord,
  tally: CloneTally,
  leftOut: readonly string[],
  treeFd: number,
): readonly string[] {
  return [
    ...tally.left().map((noted) => `not copied (${noted.why}): ${named(noted)}`),
    ...tally.changed().map((noted) => `copied, but ${noted.why}: ${named(noted)}`),
    ...leftOutNotice(leftOut),
    ...traceNotice(source, tally.configuration(), treeFd),
  ];
}

function named({ count, first }: NotedPaths): string {
  const more = count > first.length ? ` and ${count - first.length} more` : '';
  return `${first.join(', ')}${more}`;
}

function leftOutNotice(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const first = names.slice(0, mostNamed).map(escapeLines);
  const what = counted(names.length, 'account');
  return [
    `${what} with a number that is not the domain's left out: ${named({ why: '', count: names.length, first })}`,
  ];
}

function traceNotice(source: DomainRecord, paths: readonly string[], treeFd: number): string[] {
  const speaking = paths.filter((path) => {
    const text = readText(treeFd, path);
    return text !== undefined && findTraces(text, source) !== undefined;
  });
  if (speaking.length === 0) return [];
  const first = speaking.slice(0, mostNamed).map(escapeLines);
  return [
    `came along as they are, and speak of ${source.domain} (its name, address or user ids); look at them: ${named({ why: '', count: speaking.length, first })}`,
  ];
}

/** undefined for what is too large to be configuration, or is something else by now. */
function readText(treeFd: number, path: string): string | undefined {
  try {
    return readTreeBytes(treeFd, path, mostBytes)?.toString('latin1');
  } catch (error) {
    if (error instanceof VirtfsError) return undefined;
    throw error;
  }
}
