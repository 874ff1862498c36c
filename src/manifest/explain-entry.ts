import type { ManifestEntry } from './manifest.ts';
import { chainInManifest, type Entries, resolveInManifest } from './resolve-in-manifest.ts';

/** Why one path is in a tree, from what was written down when the tree was made. */
export interface Explanation {
  readonly entry: ManifestEntry;
  /** For a link: where it leads in the end; undefined when that is no entry of the tree. */
  readonly leadsTo?: string | undefined;
  /** What the file itself loads or runs. */
  readonly needs: readonly string[];
  /** Entries that load or run this one, by this path or through a link to it. */
  readonly neededBy: readonly string[];
}

/** undefined when `path`, with the tree's own links followed, is no entry. */
export function explainEntry(entries: Entries, path: string): Explanation | undefined {
  const resolved = resolveInManifest(entries, path, 'keep');
  const entry = resolved === undefined ? undefined : entries.get(resolved);
  if (entry === undefined) return undefined;
  const leadsTo = entry.type === 'symlink' ? resolveInManifest(entries, entry.path, 'follow') : undefined;
  return {
    entry,
    leadsTo: leadsTo !== undefined && entries.has(leadsTo) ? leadsTo : undefined,
    needs: entry.needs ?? [],
    neededBy: listNeeding(entries, entry.path),
  };
}

function listNeeding(entries: Entries, path: string): readonly string[] {
  const touches = new Map<string, boolean>();
  const leadsHere = (need: string): boolean => {
    const known = touches.get(need);
    if (known !== undefined) return known;
    const answer = chainInManifest(entries, need).includes(path);
    touches.set(need, answer);
    return answer;
  };
  return [...entries.values()].filter((each) => each.needs?.some(leadsHere)).map((each) => each.path);
}
