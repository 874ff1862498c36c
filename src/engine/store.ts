import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
} from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import {
  createFileAt,
  linkAt,
  openBeneath,
  renameAt,
  renameNewAt,
  symlinkAt,
  unlinkAt,
} from '../linux/files.ts';
import { Sha256, sha256 } from '../linux/sha256.ts';
import { heldPath } from './held-path.ts';
import { openOrMakeDir } from './open-or-make-dir.ts';
import { writeAll } from './put-state-file.ts';
import { temporaryName } from './temporary-name.ts';

/** What the store holds of one file: the hash of its bytes, and the mode its inode has. */
export interface StoreKey {
  readonly sha256: string;
  readonly mode: number;
}

/**
 * The content-addressed store of one root, `.virtfs/store`: one private, root-owned inode of each shared file and each
 * link target, never an inode of the host. Objects are `aa/<sha256>.<mode>`, links are `ln/<sha256 of the target>`.
 * An object appears under its name whole or not at all.
 */
export class Store {
  readonly #fd: number;
  readonly #made = new Set<string>();
  readonly #links = new Map<string, string>();
  readonly #generation = new Map<string, number>();

  /** `fd`, the open folder of the store, stays the caller's. */
  constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * True when the object is there with all its bytes. After a power cut a name may have lost them: what was stored by a
   * call that failed was never synced.
   */
  has(key: StoreKey, size: number): boolean {
    const found = lstatSync(heldPath(this.#fd, objectPath(key)), { throwIfNoEntry: false });
    return found?.isFile() === true && found.size === size;
  }

  /** True when `stats` are those of the object's inode, or of one that took over from it. */
  isObject(key: StoreKey, { dev, ino }: Pick<Stats, 'dev' | 'ino'>): boolean {
    for (let generation = 0; ; generation++) {
      const name = generation === 0 ? objectPath(key) : `${objectPath(key)}.${generation}`;
      const found = lstatSync(heldPath(this.#fd, name), { throwIfNoEntry: false });
      if (found === undefined) return false;
      if (found.dev === dev && found.ino === ino) return true;
    }
  }

  /** Puts bytes that came from no host file into the store, unless it has them. */
  addBytes(key: StoreKey, bytes: Uint8Array): void {
    if (this.has(key, bytes.length)) return;
    const temp = temporaryName();
    const fd = createFileAt(this.#fd, temp, 0o600);
    try {
      writeAll(fd, bytes);
      fchownSync(fd, 0, 0);
      fchmodSync(fd, key.mode);
      this.#makeFolderOf(objectPath(key));
      this.#putUnlessThere(temp, objectPath(key), bytes.length);
    } catch (error) {
      unlinkAt(this.#fd, temp);
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  /** Opens an object for reading. */
  open(key: StoreKey): number {
    return openBeneath(this.#fd, objectPath(key), constants.O_RDONLY);
  }

  /**
   * Copies a host file into the store and gives its hash. `expected` is what the host showed when it was inspected:
   * when the file is another one by now, nothing is stored and undefined comes back.
   */
  addFile(hostPath: string, mode: number, expected: (found: Stats) => boolean): string | undefined {
    const from = openSync(hostPath, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const before = fstatSync(from);
      if (!before.isFile() || !expected(before)) return undefined;
      const sha256 = this.#putObject(from, mode, (sum) => objectPath({ sha256: sum, mode }));
      const after = fstatSync(from);
      return after.ctimeMs === before.ctimeMs ? sha256 : undefined;
    } finally {
      closeSync(from);
    }
  }

  /** Gives an object another name, `name` in `dirfd`. Where its inode can take no more names, a second one is begun. */
  linkFile(key: StoreKey, dirfd: number, name: string): void {
    const object = objectPath(key);
    this.#linkRolling(object, dirfd, name, (next) => this.#copyObject(object, next, key.mode));
  }

  /** Gives the store's link to `target` another name: symbolic links share inodes as files do. */
  linkSymlink(target: string, dirfd: number, name: string): void {
    const object = this.#linkPath(target);
    const begin = (next: string): void => symlinkAt(target, this.#fd, next);
    try {
      this.#linkRolling(object, dirfd, name, begin);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      this.#makeFolderOf(object);
      begin(object);
      this.#linkRolling(object, dirfd, name, begin);
    }
  }

  #linkPath(target: string): string {
    let path = this.#links.get(target);
    if (path === undefined) {
      path = linkPath(target);
      this.#links.set(target, path);
    }
    return path;
  }

  // A file system ends the names of one inode somewhere (ext4 at 65,000): EMLINK, and object.1, object.2 … take over.
  #linkRolling(object: string, dirfd: number, name: string, begin: (next: string) => void): void {
    for (;;) {
      const generation = this.#generation.get(object) ?? 0;
      const current = generation === 0 ? object : `${object}.${generation}`;
      try {
        linkAt(this.#fd, current, dirfd, name);
        return;
      } catch (error) {
        if (isErrno(error, 'EMLINK')) this.#generation.set(object, generation + 1);
        else if (isErrno(error, 'ENOENT') && generation > 0) begin(current);
        else throw error;
      }
    }
  }

  #copyObject(object: string, next: string, mode: number): void {
    const from = openBeneath(this.#fd, object, constants.O_RDONLY);
    try {
      this.#putObject(from, mode, () => next);
    } finally {
      closeSync(from);
    }
  }

  // The temporary name is at the top of the store, where sweepLeftovers looks for what a killed virtfs left.
  #putObject(from: number, mode: number, placeOf: (sha256: string) => string): string {
    const temp = temporaryName();
    const to = createFileAt(this.#fd, temp, 0o600);
    try {
      const { atimeMs, mtimeMs } = fstatSync(from);
      const sha256 = copyBytes(from, to);
      // A root of trees that is set-gid, or mounted so, would give files its group.
      fchownSync(to, 0, 0);
      fchmodSync(to, mode);
      // Python and others compare a file's time with what they noted of it.
      futimesSync(to, atimeMs / 1000, mtimeMs / 1000);
      const place = placeOf(sha256);
      this.#makeFolderOf(place);
      this.#putUnlessThere(temp, place, fstatSync(to).size);
      return sha256;
    } catch (error) {
      unlinkAt(this.#fd, temp);
      throw error;
    } finally {
      closeSync(to);
    }
  }

  /** What is there whole stays: trees share its inode, and another with the same bytes would be shared by none of them. */
  #putUnlessThere(temp: string, place: string, size: number): void {
    try {
      renameNewAt(this.#fd, temp, this.#fd, place);
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
      if (lstatSync(heldPath(this.#fd, place)).size === size) unlinkAt(this.#fd, temp);
      else renameAt(this.#fd, temp, this.#fd, place);
    }
  }

  #makeFolderOf(place: string): void {
    const folder = place.slice(0, place.indexOf('/'));
    if (this.#made.has(folder)) return;
    closeSync(openOrMakeDir(this.#fd, folder));
    this.#made.add(folder);
  }
}

/** Where the store's link to `target` is. */
export function linkPath(target: string): string {
  return `ln/${sha256(target)}`;
}

const paths = new WeakMap<StoreKey, string>();

/** Where an object is below the store's descriptor: a path of two names will do, for the store is root's alone. */
export function objectPath(key: StoreKey): string {
  // Asked for a hundred trees in a row with the same keys.
  let path = paths.get(key);
  if (path === undefined) {
    path = `${key.sha256.slice(0, 2)}/${objectName(key)}`;
    paths.set(key, path);
  }
  return path;
}

function objectName({ sha256, mode }: StoreKey): string {
  return `${sha256}.${mode.toString(8).padStart(4, '0')}`;
}

const chunk = Buffer.allocUnsafe(1 << 20);

function copyBytes(from: number, to: number): string {
  using sum = new Sha256();
  for (let at = 0; ; ) {
    const got = readSync(from, chunk, 0, chunk.length, at);
    if (got === 0) return sum.digest();
    const bytes = chunk.subarray(0, got);
    sum.update(bytes);
    writeAll(to, bytes);
    at += got;
  }
}
