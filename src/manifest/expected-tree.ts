import type { ManifestEntry } from './manifest.ts';

/** What is to be in one folder. Names are bytes, one character each, as a walk gives them. */
export interface ExpectedFolder {
  readonly entries: ReadonlyMap<string, ManifestEntry>;
  readonly folders: ReadonlyMap<string, ExpectedFolder>;
}

/** A folder while it is filled. */
interface Filling {
  readonly entries: Map<string, ManifestEntry>;
  readonly folders: Map<string, Filling>;
}

/** Entries by folder, so that a walk through a tree asks for names and never for long paths. */
export function planExpected(entries: Iterable<ManifestEntry>): ExpectedFolder {
  const top: Filling = { entries: new Map(), folders: new Map() };
  for (const entry of entries) {
    const names = nameBytes(entry.path).split('/');
    const last = names.pop() ?? '';
    let folder = top;
    for (const name of names) {
      const next: Filling = folder.folders.get(name) ?? { entries: new Map(), folders: new Map() };
      folder.folders.set(name, next);
      folder = next;
    }
    folder.entries.set(last, entry);
  }
  return top;
}

/** A name or path as its bytes, one character each. */
export function nameBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** The text of such bytes; what is not UTF-8 becomes U+FFFD. */
export function nameText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
