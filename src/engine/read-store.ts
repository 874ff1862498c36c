import { closeSync, readdirSync } from 'node:fs';
import type { FileFacts } from '../domain/file-facts.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { openDirBeneath } from '../linux/files.ts';
import { statAt } from '../linux/stat-at.ts';
import { heldPath } from './held-path.ts';
import { hasFoundCapabilities, hashFound, readFoundLink } from './read-found.ts';
import { linkPath, objectPath, type StoreKey } from './store.ts';

/** One inode of the store. */
export interface StoredInode {
  /** Below the store. */
  readonly path: string;
  readonly facts: FileFacts;
}

/** The store of a root of trees, to look at: nothing is made, and it need not be there. */
export class StoreReader implements Disposable {
  readonly #fd: number | undefined;

  constructor(rootFd: number) {
    this.#fd = openIfThere(rootFd, '.virtfs/store');
  }

  /** The inodes of an object, the first and those that took over when it could take no more names. */
  inodesOf(key: StoreKey): readonly StoredInode[] {
    return this.#generations(objectPath(key));
  }

  /** The inodes of the store's links to `target`. */
  linksTo(target: string): readonly StoredInode[] {
    return this.#generations(linkPath(target));
  }

  /** Where a link of the store leads: bytes, one character each. */
  targetOf({ path }: StoredInode): string | undefined {
    return this.#fd === undefined ? undefined : readFoundLink({ dirfd: this.#fd, name: path });
  }

  /** SHA-256 of its bytes; undefined when they become more meanwhile. */
  hash({ path, facts }: StoredInode): string | undefined {
    return this.#fd === undefined ? undefined : hashFound({ dirfd: this.#fd, name: path }, facts);
  }

  hasCapabilities({ path }: StoredInode): boolean {
    return this.#fd !== undefined && hasFoundCapabilities({ dirfd: this.#fd, name: path });
  }

  /** Every object: its key, from its name, and its inode. */
  *objects(): Generator<{ readonly key: StoreKey; readonly inode: StoredInode }> {
    if (this.#fd === undefined) return;
    for (const folder of readdirSync(heldPath(this.#fd))) {
      if (!/^[0-9a-f]{2}$/u.test(folder)) continue;
      for (const name of readdirSync(heldPath(this.#fd, folder))) {
        const key = keyOf(name);
        const path = `${folder}/${name}`;
        const facts = statAt(this.#fd, path);
        if (key !== undefined && facts !== undefined) yield { key, inode: { path, facts } };
      }
    }
  }

  #generations(first: string): readonly StoredInode[] {
    const found: StoredInode[] = [];
    for (let generation = 0; this.#fd !== undefined; generation++) {
      const path = generation === 0 ? first : `${first}.${generation}`;
      const facts = statAt(this.#fd, path);
      if (facts === undefined) break;
      found.push({ path, facts });
    }
    return found;
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }
}

function keyOf(name: string): StoreKey | undefined {
  const { sha256, mode } = /^(?<sha256>[0-9a-f]{64})\.(?<mode>[0-7]{4})(?:\.\d+)?$/u.exec(name)?.groups ?? {};
  return sha256 === undefined || mode === undefined ? undefined : { sha256, mode: Number.parseInt(mode, 8) };
}

function openIfThere(rootFd: number, path: string): number | undefined {
  try {
    return openDirBeneath(rootFd, path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
