import type { ManifestEntry } from './manifest.ts';

/** A path whose entry differs between two lists: `before` undefined is a new one, `after` undefined one that goes. */
export interface EntryChange {
  readonly path: string;
  readonly before: ManifestEntry | undefined;
  readonly after: ManifestEntry | undefined;
}

/**
 * What differs between two lists of entries, in the order to apply it: folders before what they hold, links after what
 * they may lead to, then what goes, from the bottom up, and last what takes the place of a folder, which is empty by then.
 */
export function compareEntries(
  before: readonly ManifestEntry[],
  after: readonly ManifestEntry[],
): readonly EntryChange[] {
  const old = new Map(before.map((entry) => [entry.path as string, entry]));
  const kept = new Set<string>();
  const changes: EntryChange[] = [];
  for (const entry of after) {
    const known = old.get(entry.path);
    if (known !== undefined) kept.add(entry.path);
    if (known === undefined || !isSameEntry(known, entry))
      changes.push({ path: entry.path, before: known, after: entry });
  }
  changes.sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
  return [
    ...changes.filter((change) => !takesPlaceOfFolder(change)),
    ...removalsOf(before.filter(({ path }) => !kept.has(path))),
    ...changes.filter(takesPlaceOfFolder),
  ];
}

/** The entries as what goes, from the bottom up. */
export function removalsOf(entries: readonly ManifestEntry[]): readonly EntryChange[] {
  return entries
    .map((entry): EntryChange => ({ path: entry.path, before: entry, after: undefined }))
    .sort((a, b) => (a.path < b.path ? 1 : -1));
}

/** True where a folder becomes something else. */
export function takesPlaceOfFolder({ before, after }: EntryChange): boolean {
  return before?.type === 'dir' && after !== undefined && after.type !== 'dir';
}

/** True when the two come to the same in a tree. Why they are there, and where from, does not show in it. */
export function isSameEntry(a: ManifestEntry, b: ManifestEntry): boolean {
  return (
    a.type === b.type &&
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.sha256 === b.sha256 &&
    a.size === b.size &&
    a.shared === b.shared &&
    a.target === b.target &&
    a.to === b.to &&
    a.major === b.major &&
    a.minor === b.minor
  );
}

function rank({ after }: EntryChange): number {
  if (after?.type === 'dir') return 0;
  return after?.type === 'symlink' ? 2 : 1;
}
