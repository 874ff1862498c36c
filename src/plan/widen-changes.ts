import { type EntryChange, removalsOf, takesPlaceOfFolder } from '../manifest/compare-entries.ts';
import type { Entries } from '../manifest/resolve-in-manifest.ts';
import { decideKeeping } from './decide-keeping.ts';

/**
 * The changes with every other entry of the host's that is to be there, and what may have been left by an update that
 * never came to its end: entries of the layers it was on its way to. Each is looked at before it is touched.
 */
export function widenChanges(
  changes: readonly EntryChange[],
  after: Entries,
  left: Entries = new Map(),
): readonly EntryChange[] {
  const changed = new Set(changes.map(({ path }) => path));
  const others = [...after.values()]
    .filter(({ path }) => !changed.has(path) && decideKeeping(path) === 'system')
    .map((entry): EntryChange => ({ path: entry.path, before: entry, after: entry }));
  const isFolder = ({ after: entry }: EntryChange) => entry?.type === 'dir';
  const strays = [...left.values()].filter(({ path }) => !changed.has(path) && !after.has(path));
  return [
    ...others.filter(isFolder),
    ...changes.filter((change) => !takesPlaceOfFolder(change)),
    ...others.filter((change) => !isFolder(change)),
    ...removalsOf(strays),
    ...changes.filter(takesPlaceOfFolder),
  ];
}
