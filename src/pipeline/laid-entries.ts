import type { StoreKey } from '../engine/store.ts';
import type { Entry, FileEntry } from '../manifest/entry.ts';
import { entryOf, storeKeyOf } from '../manifest/entry-of.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';

/** Entries made again from what was written down, each once, with the store's keys of their files. */
export class LaidEntries {
  readonly #entries = new Map<ManifestEntry, Entry>();
  readonly #keys = new Map<Entry, StoreKey>();

  entryOf(laid: ManifestEntry): Entry {
    let entry = this.#entries.get(laid);
    if (entry === undefined) {
      entry = entryOf(laid);
      this.#entries.set(laid, entry);
      if (entry.type === 'file') this.#keys.set(entry, storeKeyOf(laid));
    }
    return entry;
  }

  /** undefined for an entry that was not made here. */
  keyOf(entry: FileEntry): StoreKey | undefined {
    return this.#keys.get(entry);
  }
}
