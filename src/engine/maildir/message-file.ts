import { closeSync, constants, fsyncSync, writevSync } from 'node:fs';
import { isErrno } from '../../errors/virtfs-error.ts';
import { linkAt, openBeneath, renameNewAt, unlinkAt } from '../../linux/files.ts';
import { nameDelivered } from './message-name.ts';
import type { Maildir } from './open-maildir.ts';

/** A message on its way into a maildir: in `tmp` until all of it is on disk. */
export class MessageFile {
  readonly #maildir: Maildir;
  readonly #name: string;
  readonly #fd: number;
  #isOpen = true;
  #size = 0;

  /** Makes the file, readable by its owner alone; EEXIST when anything has the name. */
  constructor(maildir: Maildir, name: string) {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    this.#maildir = maildir;
    this.#name = name;
    this.#fd = openBeneath(maildir.tmp, name, flags, 0o600);
  }

  /** Bytes written. */
  get size(): number {
    return this.#size;
  }

  /** Writes all of it, or throws the system's error. */
  write(parts: readonly Uint8Array[]): void {
    let left = parts.filter((part) => part.length > 0);
    while (left.length > 0) {
      const written = writevSync(this.#fd, left);
      this.#size += written;
      left = partsAfter(left, written);
    }
  }

  /**
   * Puts it into `new` whole: once this has returned the message and its name are on disk. Gives the name. When it throws
   * nothing is in `new`, unless the disk refuses that too.
   */
  commit(): string {
    const { tmp, new: box } = this.#maildir;
    fsyncSync(this.#fd);
    this.#close();
    const name = nameDelivered(this.#name, this.#size);
    moveNew(tmp, this.#name, box, name);
    try {
      fsyncSync(box);
    } catch (error) {
      // The sender will try again: it must not be there twice.
      forget(box, name);
      throw error;
    }
    return name;
  }

  /** Takes back what is in `tmp`. */
  discard(): void {
    this.#close();
    try {
      unlinkAt(this.#maildir.tmp, this.#name);
    } catch (error) {
      // Its owner removed or renamed it, or `commit` had moved it.
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#fd);
  }
}

function forget(dir: number, name: string): void {
  try {
    unlinkAt(dir, name);
  } catch {
    // What is to be told is why the disk failed before.
  }
}

function partsAfter(parts: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  return parts.flatMap((part) => {
    const skipped = Math.min(skip, part.length);
    skip -= skipped;
    return skipped === part.length ? [] : [part.subarray(skipped)];
  });
}

function moveNew(fromDir: number, from: string, toDir: number, to: string): void {
  try {
    renameNewAt(fromDir, from, toDir, to);
  } catch (error) {
    // Some file systems cannot rename without replacing (renameat2(2)); a second name is refused where one is taken.
    if (!isErrno(error, 'EINVAL')) throw error;
    linkAt(fromDir, from, toDir, to);
    unlinkAt(fromDir, from);
  }
}
