const word = Buffer.from('From ');
const quote = Buffer.from('>');
const lineFeed = 0x0a;
const greater = 0x3e;
const nothing = new Uint8Array(0);

/**
 * Puts `>` before each line that begins with `From `, after any number of `>`, wherever the pieces of a message are cut.
 * A line that began with `>` gets the new one after these: the same line comes of it.
 */
export class FromQuoter {
  #atLineStart = true;
  /** The beginning of the word at the end of a piece: whether it is one, the next piece tells. */
  #held: Uint8Array = nothing;

  /** What is to be written for the next piece. */
  push(piece: Uint8Array): Uint8Array[] {
    const data = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    const parts: Uint8Array[] = [];
    let written = 0;
    let at = 0;
    for (;;) {
      at = this.#findLineStart(data, at);
      const letters = countLetters(data, at);
      if (letters === word.length) {
        parts.push(data.subarray(written, at), quote);
        written = at;
      } else if (at + letters === data.length) {
        this.#held = data.slice(at);
        return [...parts, data.subarray(written, at)];
      }
      this.#atLineStart = false;
    }
  }

  /** What is left when no piece follows. */
  end(): Uint8Array[] {
    return [this.#held];
  }

  /** Where the next line has no `>` any more; the length of `data` when no line begins in it. */
  #findLineStart(data: Uint8Array, from: number): number {
    let at = from;
    if (!this.#atLineStart) {
      const end = data.indexOf(lineFeed, at);
      if (end === -1) return data.length;
      at = end + 1;
      this.#atLineStart = true;
    }
    while (data[at] === greater) at += 1;
    return at;
  }
}

function countLetters(data: Uint8Array, at: number): number {
  let letters = 0;
  while (letters < word.length && data[at + letters] === word[letters]) letters += 1;
  return letters;
}
