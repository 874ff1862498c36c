/** Reads numbers and parts out of bytes, one behind the other. Past the end it is broken, and gives zeros and nothing. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #isBroken = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** True once more was asked for than there is. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** A number of `size` bytes, up to 4, the highest first. */
  number(size: number): number {
    return this.take(size).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  take(size: number): Uint8Array {
    if (size > this.left) {
      this.#isBroken = true;
      this.#at = this.#bytes.length;
      return new Uint8Array();
    }
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  skip(size: number): void {
    this.take(size);
  }
}
