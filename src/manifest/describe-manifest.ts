import type { Entry, FileEntry } from './entry.ts';
import type { ManifestEntry } from './manifest.ts';
import type { Section, SectionName } from './plan.ts';

/** What the store knows of a file entry: the hash and length of its bytes. */
export interface FileContent {
  readonly sha256: string;
  readonly size: number;
}

/** Entries in the shape a manifest keeps them. `contentOf` is asked for each file. */
export function describeManifest(
  sections: readonly Section[],
  contentOf: (entry: FileEntry) => FileContent,
): ManifestEntry[] {
  return sections.flatMap(({ name, entries }) => entries.map((entry) => describeOne(entry, name, contentOf)));
}

function describeOne(
  entry: Entry,
  section: SectionName,
  contentOf: (entry: FileEntry) => FileContent,
): ManifestEntry {
  const { type, path, why } = entry;
  const common = { type, path, section, why };
  switch (entry.type) {
    case 'dir':
      return { ...common, ...ownership(entry) };
    case 'file': {
      const from = 'copyOf' in entry.source ? { from: entry.source.copyOf } : {};
      const needs = entry.needs === undefined ? {} : { needs: entry.needs };
      return { ...common, ...ownership(entry), ...from, ...contentOf(entry), shared: entry.shared, ...needs };
    }
    case 'symlink':
      return { ...common, target: entry.target };
    case 'hardlink':
      return { ...common, to: entry.to };
    case 'device':
      return { ...common, ...ownership(entry), major: entry.major, minor: entry.minor };
  }
}

function ownership({ mode, owner }: Pick<FileEntry, 'mode' | 'owner'>) {
  return { mode: mode.toString(8).padStart(4, '0'), uid: owner.uid, gid: owner.gid };
}
