import { type BigIntStats, closeSync, fstatSync } from 'node:fs';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { openTreeFile, readOpenFile } from './read-tree-file.ts';

/** The clock of a file system ticks every second at worst (ext4 with small inodes): a younger file may change without showing it. */
const youngMs = 1500;
/** Whoever makes us read a file anew again and again gets this part of our time. */
const mostShare = 0.1;
/** What is smaller is read in no time, whatever a busy machine makes of it. */
const smallBytes = 256 * 1024;

/**
 * What is in one file of a tree, as it was made of its text: read anew when the file is another, or changed.
 * The file is a stranger's; see `readTreeFile`.
 */
export class TreeFileCache<T> {
  readonly #path: string;
  readonly #mostBytes: number;
  readonly #parse: (text: string) => T;
  /** What the file was when it was read, and whether it could change since without showing it. */
  #state: string | undefined;
  #isSure = false;
  #value: T | undefined;
  #bytes = 0;
  /** Until then nobody is served who needs the file read anew. */
  #restUntil = 0;

  /** `parse` gets '' where there is no file. */
  constructor(path: string, mostBytes: number, parse: (text: string) => T) {
    this.#path = path;
    this.#mostBytes = mostBytes;
    this.#parse = parse;
  }

  /** Bytes of what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Throws as `readTreeFile`, and BUSY for a large file that is changed faster than it can be read. */
  read(dirfd: number): T {
    const fd = openTreeFile(dirfd, this.#path);
    if (fd === undefined)
      return this.#state === 'absent' ? (this.#value as T) : this.#keep('absent', true, '');
    try {
      const stats = fstatSync(fd, { bigint: true });
      const state = stateOf(stats);
      const isRested = performance.now() >= this.#restUntil;
      if (state === this.#state && (this.#isSure || !isRested)) return this.#value as T;
      if (!isRested) throw this.#busy();
      const start = performance.now();
      const value = this.#keep(
        state,
        !isYoung(stats),
        readOpenFile(fd, this.#path, this.#mostBytes).toString('utf8'),
      );
      const tookMs = performance.now() - start;
      this.#restUntil = this.#bytes < smallBytes ? 0 : start + tookMs / mostShare;
      return value;
    } finally {
      closeSync(fd);
    }
  }

  #keep(state: string, isSure: boolean, text: string): T {
    // What cannot be parsed must not be taken for what was.
    this.#state = undefined;
    this.#value = this.#parse(text);
    this.#state = state;
    this.#isSure = isSure;
    this.#bytes = text.length;
    return this.#value;
  }

  #busy(): VirtfsError {
    return new VirtfsError('BUSY', {
      what: `cannot read ${escapeLines(this.#path)} of the tree`,
      why: 'it is large, and changes faster than it can be read',
      mend: 'wait until it stays as it is for some seconds',
    });
  }
}

/** Nobody but the kernel sets ctime. */
function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

function isYoung({ ctimeMs }: BigIntStats): boolean {
  return Date.now() - Number(ctimeMs) < youngMs;
}
