import { rootOwner } from '../domain/owner.ts';
import type { Entry } from './entry.ts';
import type { ManifestEntry } from './manifest.ts';

/**
 * An entry as it can be laid again from what was written down of it. A file's bytes are in the store, whose key is
 * `storeKeyOf`; its source says only which host file they came from.
 */
export function entryOf(entry: ManifestEntry): Entry {
  const { type, path, why, uid = 0, gid = 0 } = entry;
  const owned = { path, why, mode: modeOf(entry), owner: uid === 0 && gid === 0 ? rootOwner : { uid, gid } };
  switch (type) {
    case 'dir':
      return { type, ...owned };
    case 'file':
      return { type, ...owned, source: { copyOf: entry.from ?? `/${path}` }, shared: entry.shared ?? false };
    case 'symlink':
      return { type, path, why, target: entry.target ?? '' };
    case 'hardlink':
      return { type, path, why, to: entry.to ?? '' };
    case 'device':
      return { type, ...owned, major: entry.major ?? 0, minor: entry.minor ?? 0 };
  }
}

/** What the store has of a file that was laid: objects never carry set-id bits. */
export function storeKeyOf(entry: ManifestEntry): { readonly sha256: string; readonly mode: number } {
  return { sha256: entry.sha256 ?? '', mode: modeOf(entry) & 0o777 };
}

/** Permission bits with set-id and sticky. */
export function modeOf({ mode = '0' }: ManifestEntry): number {
  return Number.parseInt(mode, 8);
}
