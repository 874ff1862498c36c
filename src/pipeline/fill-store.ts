import type { Store, StoreKey } from '../engine/store.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { Host } from '../host/open-host.ts';
import { sha256 } from '../linux/sha256.ts';
import type { FileContent } from '../manifest/describe-manifest.ts';
import type { Entry, FileEntry } from '../manifest/entry.ts';

/** What the store holds of the planned files, after `fillStore`. */
export class StoredFiles {
  readonly #content = new Map<string, FileContent>();
  readonly #texts = new Map<string | Uint8Array, FileContent>();
  readonly #keys = new WeakMap<FileEntry, StoreKey>();

  put(hostPath: string, content: FileContent): void {
    this.#content.set(hostPath, content);
  }

  /** What is known of the bytes of a host file. */
  find(hostPath: string): FileContent | undefined {
    return this.#content.get(hostPath);
  }

  all(): (readonly [hostPath: string, content: FileContent])[] {
    return [...this.#content];
  }

  contentOf(entry: FileEntry): FileContent {
    if ('copyOf' in entry.source) {
      const content = this.#content.get(entry.source.copyOf);
      if (content === undefined) throw new Error(`not in the store: ${entry.source.copyOf}`);
      return content;
    }
    const known = this.#texts.get('text' in entry.source ? entry.source.text : entry.source.bytes);
    if (known !== undefined) return known;
    const bytes = 'text' in entry.source ? Buffer.from(entry.source.text) : entry.source.bytes;
    const content = { sha256: sha256(bytes), size: bytes.length };
    this.#texts.set('text' in entry.source ? entry.source.text : entry.source.bytes, content);
    return content;
  }

  keyOf(entry: FileEntry): StoreKey {
    let key = this.#keys.get(entry);
    if (key === undefined) {
      key = { sha256: this.contentOf(entry).sha256, mode: storedMode(entry) };
      this.#keys.set(entry, key);
    }
    return key;
  }
}

export interface FillTally {
  files: number;
  added: number;
  bytes: number;
}

/**
 * Sees to it that the store has the bytes of every planned host file. What is known of a file unchanged since it was
 * last read is not read again. `between` is awaited between files.
 */
export async function fillStore(
  entries: readonly Entry[],
  { store, host, stored }: { readonly store: Store; readonly host: Host; readonly stored: StoredFiles },
  between: () => Promise<void> | undefined,
): Promise<FillTally> {
  const tally: FillTally = { files: 0, added: 0, bytes: 0 };
  for (const entry of entries) {
    if (entry.type !== 'file') continue;
    // A tree is put back from the store: what was made for all trees is kept there as well.
    if ('bytes' in entry.source) store.addBytes(stored.keyOf(entry), entry.source.bytes);
    if (!('copyOf' in entry.source)) continue;
    const path = entry.source.copyOf;
    const size = host.lstat(path)?.size ?? 0;
    tally.files++;
    const known = stored.find(path)?.sha256 ?? host.sha256(path);
    if (known !== undefined && store.has({ sha256: known, mode: storedMode(entry) }, size)) {
      stored.put(path, { sha256: known, size });
      continue;
    }
    const sha256 = addFile(path, entry, store, host);
    host.learnSha256(path, sha256);
    stored.put(path, { sha256, size });
    tally.added++;
    tally.bytes += size;
    await between();
  }
  return tally;
}

function addFile(path: string, entry: FileEntry, store: Store, host: Host): string {
  try {
    const sha256 = store.addFile(path, storedMode(entry), (found) => host.isAsInspected(path, found));
    if (sha256 !== undefined) return sha256;
  } catch (error) {
    throw explainErrno(error, `cannot copy ${escapeLines(path)} into the store`);
  }
  throw new VirtfsError('IO_ERROR', {
    what: `cannot copy ${escapeLines(path)} into the store`,
    why: 'it changed while it was read: an upgrade is under way',
    mend: 'let the upgrade end, then run the same command again',
  });
}

/** Objects never carry set-id bits: those are for the one tree whose profile asks. */
function storedMode(entry: FileEntry): number {
  return entry.mode & 0o777;
}
