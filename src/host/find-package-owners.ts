import { readdirSync, readFileSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';

const dpkgInfo = '/var/lib/dpkg/info';

/**
 * The Debian package of each of `paths` that belongs to one, from dpkg's own lists. On a merged /usr a list may have a
 * file under either name. Empty where there is no dpkg. Reads all lists: for many paths at once.
 */
export function findPackageOwners(paths: readonly string[]): ReadonlyMap<string, string> {
  const byName = new Map(paths.flatMap((path) => namesOf(path).map((name) => [name, path] as const)));
  const owners = new Map<string, string>();
  if (byName.size === 0) return owners;
  for (const list of listLists()) {
    const text = readFileSync(`${dpkgInfo}/${list}`, 'utf8');
    const owner = list.replace(/(?::[^:]+)?\.list$/u, '');
    for (const line of text.split('\n')) {
      const path = byName.get(line);
      if (path !== undefined && !owners.has(path)) owners.set(path, owner);
    }
  }
  return owners;
}

/** The names a package may have for a host path: with and without /usr before it. */
export function namesOf(path: string): readonly string[] {
  return path.startsWith('/usr/') ? [path, path.slice('/usr'.length)] : [path, `/usr${path}`];
}

function listLists(): readonly string[] {
  try {
    return readdirSync(dpkgInfo).filter((name) => name.endsWith('.list'));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
