import type { ManifestEntry } from './manifest.ts';

export type Entries = ReadonlyMap<string, ManifestEntry>;

/** As the kernel: more links than this in one path are taken for a loop (path_resolution(7)). */
const mostLinks = 40;

/**
 * Where `path` leads among the entries of a tree, as a program inside it would see it: links on the way are followed,
 * `..` above the top stays there, and the last component is followed too when `last` says so. The answer need not be an
 * entry; undefined is a loop of links.
 */
export function resolveInManifest(
  entries: Entries,
  path: string,
  last: 'follow' | 'keep',
): string | undefined {
  const todo = partsOf(path);
  const done: string[] = [];
  for (let links = 0; todo.length > 0; ) {
    const part = todo.shift() ?? '';
    if (part === '..') {
      done.pop();
      continue;
    }
    done.push(part);
    const entry = entries.get(done.join('/'));
    if (entry?.type !== 'symlink' || (todo.length === 0 && last === 'keep')) continue;
    links += 1;
    if (links > mostLinks) return undefined;
    const target = entry.target ?? '';
    if (target.startsWith('/')) done.length = 0;
    else done.pop();
    todo.unshift(...partsOf(target));
  }
  return done.join('/');
}

/** Every entry that a program meets which opens `path`: the links that stand for it, in order, and what they lead to. */
export function chainInManifest(entries: Entries, path: string): readonly string[] {
  const chain: string[] = [];
  let next: string | undefined = path;
  while (next !== undefined && chain.length <= mostLinks) {
    const here: string | undefined = resolveInManifest(entries, next, 'keep');
    if (here === undefined || chain.includes(here)) break;
    chain.push(here);
    const entry = entries.get(here);
    if (entry?.type !== 'symlink') break;
    const target: string = entry.target ?? '';
    const folder = here.slice(0, here.lastIndexOf('/') + 1);
    next = target.startsWith('/') ? target : `${folder}${target}`;
  }
  return chain;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
