import { check, libcFunction } from './libc.ts';

const getdents = libcFunction<[number, Uint8Array, number]>('int64_t getdents64(int, void *, size_t)');
const lseek = libcFunction<[number, bigint, number]>('int64_t lseek(int, int64_t, int)');

/** A part of the names of an open folder, as getdents64(2) gives them, read one after another. */
export class NameReader {
  readonly #buffer = Buffer.allocUnsafe(8192);
  #at = 0;
  #end = 0;
  #after = 0n;

  /**
   * The next name in `fd`, undefined after the last; `.` and `..` are left out. Names are bytes, which need not be
   * UTF-8: one character each.
   */
  next(fd: number): string | undefined {
    for (;;) {
      if (this.#at === this.#end) {
        this.#end = check(Number(getdents(fd, this.#buffer, this.#buffer.length)), 'getdents64');
        this.#at = 0;
        if (this.#end === 0) return undefined;
      }
      const start = this.#at;
      this.#at += this.#buffer.readUInt16LE(start + 16);
      this.#after = this.#buffer.readBigInt64LE(start + 8);
      const name = this.#buffer.toString('latin1', start + 19, this.#buffer.indexOf(0, start + 19));
      if (name !== '.' && name !== '..') return name;
    }
  }

  /** Forgets what was read ahead and goes on behind the last name, in another open file of the same folder. */
  resume(fd: number): void {
    this.#at = 0;
    this.#end = 0;
    check(Number(lseek(fd, this.#after, 0)), 'lseek');
  }
}
