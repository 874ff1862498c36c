import type { HostView } from '../domain/host-view.ts';
import { parsePathGlob } from './parse-path-glob.ts';

/** The most folders that are noted for all patterns: beyond, noting them costs more than planning anew. */
const mostFolders = 20_000;

/**
 * Asks the host for the names in every folder that decides what glob patterns match, so that its answers tell when they
 * match something else. False where that cannot be told so: for `**`, alternatives with a slash, and too many folders.
 */
export function inspectGlobs(patterns: Iterable<string>, host: HostView): boolean {
  let left = mostFolders;
  for (const pattern of patterns) {
    const parts = pattern.split('/').filter((part) => part !== '');
    if (!pattern.startsWith('/') || parts.some((part) => part.includes('**') || !isWhole(part))) return false;
    let folders: readonly string[] = [''];
    for (const [index, part] of parts.entries()) {
      left -= folders.length;
      if (left < 0) return false;
      const found = folders.flatMap((folder) => findIn(folder, part, host));
      folders = index === parts.length - 1 ? [] : found.filter((path) => mayBeFolder(path, host));
    }
  }
  return true;
}

/** Brackets that do not pair up within one name go on behind a slash. */
function isWhole(part: string): boolean {
  const count = (mark: string) => part.split(mark).length;
  return count('{') === count('}') && count('(') === count(')') && count('[') === count(']');
}

function findIn(folder: string, part: string, host: HostView): readonly string[] {
  if (!/[*?[\]{}!()\\]/u.test(part)) {
    const path = `${folder}/${part}`;
    return host.lstat(path) === undefined ? [] : [path];
  }
  const names = host.list(folder === '' ? '/' : folder);
  // Of the syntax there is more; what is not understood here matches every name.
  const matches = /[!()\\]/u.test(part) ? () => true : parsePathGlob(part);
  return names.filter(matches).map((name) => `${folder}/${name}`);
}

/** A link may lead to one. */
function mayBeFolder(path: string, host: HostView): boolean {
  const type = host.lstat(path)?.type;
  return type === 'dir' || type === 'symlink';
}
