import { fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { cloneFile } from '../linux/files.ts';
import { type DataRun, findData } from '../linux/seek-data.ts';

const chunk = Buffer.allocUnsafe(1 << 18);

/** Copies files of a domain that goes on working with them: what is there when it is read is what comes along. */
export class FileDataCopier {
  readonly #between: () => Promise<void> | undefined;
  #mayClone = true;

  /** `between` is awaited between pieces of a large file. */
  constructor(between: () => Promise<void> | undefined) {
    this.#between = between;
  }

  /**
   * Copies the open file `from` into the empty file `to`: by sharing its blocks where the file system can, else the
   * first `size` bytes, holes kept. A file that grows meanwhile keeps nobody here.
   */
  async copy(from: number, to: number, size: number): Promise<void> {
    if (size === 0 || this.#cloned(from, to)) return;
    for (let at = 0; at < size; ) {
      const run = findData(from, at);
      if (run === undefined || run.start >= size) break;
      const end = Math.min(run.end, size);
      await this.#copyRun(from, to, { start: run.start, end });
      at = end;
    }
    // Holes at the end count too, but nothing its owner has cut off meanwhile.
    ftruncateSync(to, Math.min(size, fstatSync(from).size));
  }

  #cloned(from: number, to: number): boolean {
    if (!this.#mayClone) return false;
    try {
      cloneFile(to, from);
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOSPC') || isErrno(error, 'EDQUOT') || isErrno(error, 'EIO')) throw error;
      this.#mayClone = false;
      return false;
    }
  }

  async #copyRun(from: number, to: number, { start, end }: DataRun): Promise<void> {
    for (let at = start; at < end; ) {
      const got = readSync(from, chunk, 0, Math.min(chunk.length, end - at), at);
      if (got === 0) return;
      for (let written = 0; written < got; )
        written += writeSync(to, chunk, written, got - written, at + written);
      at += got;
      const pause = this.#between();
      if (pause !== undefined) await pause;
    }
  }
}
