import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  lchownSync,
  lutimesSync,
  type Stats,
  symlinkSync,
} from 'node:fs';
import type { Owner } from '../domain/owner.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import {
  createNamedFile,
  linkNamed,
  makeNamedDir,
  makeNamedFifo,
  openNamed,
  openNamedHandle,
} from '../linux/named-files.ts';
import { copyAttributes } from './copy-attributes.ts';
import type { FileDataCopier } from './copy-file-data.ts';
import { heldPath } from './held-path.ts';
import { removeTree } from './remove-tree.ts';

/** What something is to be in the new tree; its times are those of `stats`. */
export interface Copied {
  readonly stats: Stats;
  readonly owner: Owner;
  readonly mode: number;
}

/** A name, bytes, in an open folder of the new tree. */
export interface NewName {
  readonly dirfd: number;
  readonly name: Uint8Array;
  /** From the top of the tree. */
  readonly path: Uint8Array;
}

/** How many inodes with several names are remembered: beyond that each name becomes a file of its own. */
const mostLinked = 100_000;

/**
 * Writes into a new tree that nobody else can reach yet. A name is free when it is given, or `clear` frees it. The
 * umask must be 0. Throws the system's errors.
 */
export class CloneWriter {
  readonly #treeFd: number;
  readonly #data: FileDataCopier;
  readonly #mapId: (id: number) => number | undefined;
  readonly #linked = new Map<string, Uint8Array>();

  /** `treeFd`, the new tree, stays the caller's. */
  constructor(treeFd: number, data: FileDataCopier, mapId: (id: number) => number | undefined) {
    this.#treeFd = treeFd;
    this.#data = data;
    this.#mapId = mapId;
  }

  /** Takes away what was laid there. */
  clear({ dirfd, name }: NewName): void {
    removeTree(dirfd, Buffer.from(name).toString());
  }

  /** Makes a folder that is closed to all until `finish`. */
  makeDir({ dirfd, name }: NewName): void {
    makeNamedDir(dirfd, name, 0o700);
  }

  /**
   * Copies an open file, or gives the file that was made of the same inode before another name. Answers the names of
   * attributes that did not come along.
   */
  async putFile(at: NewName, from: number, file: Copied): Promise<readonly string[]> {
    const inode = file.stats.nlink > 1 ? inodeOf(from) : undefined;
    if (inode !== undefined && this.#putLink(at, inode)) return [];
    const to = createNamedFile(at.dirfd, at.name, 0o600);
    try {
      await this.#data.copy(from, to, file.stats.size);
      if (inode !== undefined && this.#linked.size < mostLinked) this.#linked.set(inode, at.path);
      return this.finish(to, from, file);
    } finally {
      closeSync(to);
    }
  }

  #putLink(at: NewName, inode: string): boolean {
    const first = this.#linked.get(inode);
    if (first === undefined) return false;
    let handle: number;
    try {
      handle = openNamedHandle(this.#treeFd, first);
    } catch (error) {
      // Too deep for one path.
      if (isErrno(error, 'ENAMETOOLONG')) return false;
      throw error;
    }
    try {
      linkNamed(handle, at.dirfd, at.name);
      return true;
    } catch (error) {
      if (isErrno(error, 'EMLINK')) return false;
      throw error;
    } finally {
      closeSync(handle);
    }
  }

  putSymlink({ dirfd, name }: NewName, target: Buffer, { owner, stats }: Copied): void {
    const path = namedPath(dirfd, name);
    symlinkSync(target, path);
    lchownSync(path, owner.uid, owner.gid);
    lutimesSync(path, stats.atimeMs / 1000, stats.mtimeMs / 1000);
  }

  putFifo({ dirfd, name }: NewName, { owner, mode }: Copied): void {
    makeNamedFifo(dirfd, name, 0o600);
    const fd = openNamed(dirfd, name, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      fchownSync(fd, owner.uid, owner.gid);
      fchmodSync(fd, mode);
    } finally {
      closeSync(fd);
    }
  }

  /** Gives a file that was laid the owner and mode the domain gave it. */
  setOwner({ dirfd, name }: NewName, { owner, mode }: Copied): void {
    const fd = openNamed(dirfd, name, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      fchownSync(fd, owner.uid, owner.gid);
      fchmodSync(fd, mode);
    } finally {
      closeSync(fd);
    }
  }

  /** Owner, mode, attributes and times of an open file or folder, when all else is in place. */
  finish(to: number, from: number, { stats, owner, mode }: Copied): readonly string[] {
    // The owner first: chown(2) clears set-id bits.
    fchownSync(to, owner.uid, owner.gid);
    fchmodSync(to, mode);
    const lost = copyAttributes(from, to, this.#mapId);
    futimesSync(to, stats.atimeMs / 1000, stats.mtimeMs / 1000);
    return lost;
  }
}

function inodeOf(fd: number): string {
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return `${dev}:${ino}`;
}

/** A path for Node's own calls that follow no link in the last name. */
export function namedPath(dirfd: number, name: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(heldPath(dirfd)), name]);
}
