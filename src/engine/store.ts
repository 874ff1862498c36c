import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  futimesSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
} from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import {
  createFileAt,
  linkAt,
  makeDirAt,
  openBeneath,
  openDirBeneath,
  renameAt,
  symlinkAt,
  unlinkAt,
} from '../linux/files.ts';
import { heldPath } from './held-path.ts';
import { writeAll } from './put-state-file.ts';

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
export class Store implements Disposable {
  readonly #fd: number;
  readonly #dirs = new Map<string, number>();
  readonly #names = new Map<string, Set<string>>();
  readonly #generation = new Map<string, number>();

  /** `fd`, the open folder of the store, stays the caller's. */
  constructor(fd: number) {
    this.#fd = fd;
  }

  has(key: StoreKey): boolean {
    return this.#namesIn(key.sha256.slice(0, 2)).has(objectName(key));
  }

  // Thousands of objects are asked for in a row: a folder is listed once, rather than each object looked at.
  #namesIn(bucket: string): Set<string> {
    const known = this.#names.get(bucket);
    if (known !== undefined) return known;
    const names = new Set(readdirSync(heldPath(this.#dir(bucket))));
    this.#names.set(bucket, names);
    return names;
  }

  /** Opens an object for reading. */
  open(key: StoreKey): number {
    return openBeneath(this.#dir(key.sha256.slice(0, 2)), objectName(key), constants.O_RDONLY);
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
      const sha256 = this.#putObject(from, mode, (hash) => ({
        bucket: this.#dir(hash.slice(0, 2)),
        name: objectName({ sha256: hash, mode }),
      }));
      this.#namesIn(sha256.slice(0, 2)).add(objectName({ sha256, mode }));
      const after = fstatSync(from);
      return after.ctimeMs === before.ctimeMs ? sha256 : undefined;
    } finally {
      closeSync(from);
    }
  }

  /** Gives an object another name, `name` in `dirfd`. Where its inode can take no more names, a second one is begun. */
  linkFile(key: StoreKey, dirfd: number, name: string): void {
    const bucket = this.#dir(key.sha256.slice(0, 2));
    const object = objectName(key);
    this.#linkRolling(bucket, object, dirfd, name, (next) =>
      this.#copyObject(bucket, object, next, key.mode),
    );
  }

  /** Gives the store's link to `target` another name: symbolic links share inodes as files do. */
  linkSymlink(target: string, dirfd: number, name: string): void {
    const bucket = this.#dir('ln');
    const object = createHash('sha256').update(target).digest('hex');
    try {
      this.#linkRolling(bucket, object, dirfd, name, (next) => symlinkAt(target, bucket, next));
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      putSymlink(target, bucket, object);
      this.#linkRolling(bucket, object, dirfd, name, (next) => symlinkAt(target, bucket, next));
    }
  }

  // A file system ends the names of one inode somewhere (ext4 at 65,000): EMLINK, and object.1, object.2 … take over.
  #linkRolling(
    bucket: number,
    object: string,
    dirfd: number,
    name: string,
    begin: (next: string) => void,
  ): void {
    for (;;) {
      const generation = this.#generation.get(object) ?? 0;
      const current = generation === 0 ? object : `${object}.${generation}`;
      try {
        linkAt(bucket, current, dirfd, name);
        return;
      } catch (error) {
        if (isErrno(error, 'EMLINK')) this.#generation.set(object, generation + 1);
        else if (isErrno(error, 'ENOENT') && generation > 0) begin(current);
        else throw error;
      }
    }
  }

  #copyObject(bucket: number, object: string, next: string, mode: number): void {
    const from = openBeneath(bucket, object, constants.O_RDONLY);
    try {
      this.#putObject(from, mode, () => ({ bucket, name: next }));
    } finally {
      closeSync(from);
    }
  }

  // The temporary name is at the top of the store, where sweepLeftovers looks for what a killed virtfs left.
  #putObject(
    from: number,
    mode: number,
    placeOf: (sha256: string) => { readonly bucket: number; readonly name: string },
  ): string {
    const temp = tempName();
    const to = createFileAt(this.#fd, temp, 0o600);
    try {
      const { atimeMs, mtimeMs } = fstatSync(from);
      const sha256 = copyBytes(from, to);
      fchmodSync(to, mode);
      // Python and others compare a file's time with what they noted of it.
      futimesSync(to, atimeMs / 1000, mtimeMs / 1000);
      const { bucket, name } = placeOf(sha256);
      renameAt(this.#fd, temp, bucket, name);
      return sha256;
    } catch (error) {
      unlinkAt(this.#fd, temp);
      throw error;
    } finally {
      closeSync(to);
    }
  }

  #dir(name: string): number {
    const known = this.#dirs.get(name);
    if (known !== undefined) return known;
    const fd = openOrMake(this.#fd, name);
    this.#dirs.set(name, fd);
    return fd;
  }

  [Symbol.dispose](): void {
    for (const fd of this.#dirs.values()) closeSync(fd);
    this.#dirs.clear();
  }
}

function objectName({ sha256, mode }: StoreKey): string {
  return `${sha256}.${mode.toString(8).padStart(4, '0')}`;
}

function tempName(): string {
  return `.new-${randomBytes(6).toString('hex')}`;
}

const chunk = Buffer.allocUnsafe(1 << 20);

function copyBytes(from: number, to: number): string {
  const hash = createHash('sha256');
  for (let at = 0; ; ) {
    const got = readSync(from, chunk, 0, chunk.length, at);
    if (got === 0) return hash.digest('hex');
    const bytes = chunk.subarray(0, got);
    hash.update(bytes);
    writeAll(to, bytes);
    at += got;
  }
}

function putSymlink(target: string, dirfd: number, name: string): void {
  try {
    symlinkAt(target, dirfd, name);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

function openOrMake(dirfd: number, name: string): number {
  try {
    return openDirBeneath(dirfd, name);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    makeDirAt(dirfd, name, 0o700);
    return openDirBeneath(dirfd, name);
  }
}
