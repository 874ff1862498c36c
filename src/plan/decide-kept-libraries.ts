import type { EntryChange } from '../manifest/compare-entries.ts';
import { chainInManifest, type Entries } from '../manifest/resolve-in-manifest.ts';
import { decideKeeping } from './decide-keeping.ts';

/** A program that asks the loader for libraries by name. */
export interface NeedingProgram {
  readonly path: string;
  readonly needed: readonly string[];
}

/** True when an update would take libraries away, so that it matters what the domain's own programs need. */
export function removesLibraries(changes: readonly EntryChange[]): boolean {
  return changes.some(isLibraryRemoval);
}

/**
 * Of the libraries an update would take away, those that programs of the domain itself still need, with what these need
 * in turn, and the links by which they are found. By path, who needs it.
 */
export function decideKeptLibraries(
  changes: readonly EntryChange[],
  before: Entries,
  programs: readonly NeedingProgram[],
): ReadonlyMap<string, string> {
  const removed = new Set(changes.filter(isLibraryRemoval).map(({ path }) => path));
  const byName = new Map([...removed].map((path) => [nameOf(path), path]));
  const kept = new Map<string, string>();
  const keep = (path: string, why: string): void => {
    for (const each of chainInManifest(before, path)) {
      if (!removed.has(each) || kept.has(each)) continue;
      kept.set(each, why);
      for (const need of before.get(each)?.needs ?? []) keep(need, why);
    }
  };
  for (const { path, needed } of programs) {
    for (const name of needed) {
      const library = byName.get(name);
      if (library !== undefined) keep(library, path);
    }
  }
  return kept;
}

function isLibraryRemoval({ path, before, after }: EntryChange): boolean {
  const isFile = before?.type === 'file' || before?.type === 'symlink';
  return (
    after === undefined && isFile && decideKeeping(path) === 'system' && /\.so(?:\.|$)/u.test(nameOf(path))
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
