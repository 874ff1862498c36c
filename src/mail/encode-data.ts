const lineFeed = 10;
const lineWithDot = Buffer.from('\r\n.');

/**
 * A message as it goes behind DATA (RFC 5321, 4.5.2), for a server that ends lines at CR LF alone, as virtmaild does: a dot behind
 * CR LF gets another, and every byte else stays as it is, bare LF, bare CR and NUL included. The end of a message is its
 * end of line: where that is an LF it becomes CR LF, and where there is none there is one then.
 */
export class DataEncoder {
  /** The two bytes before what comes; a message begins like a line. */
  #before: Uint8Array = Buffer.from('\r\n');
  /** An LF that may be the last byte. */
  #isHeld = false;

  /** The next piece. What it gives is not the piece's own memory. */
  encode(piece: Uint8Array): Uint8Array {
    if (piece.length === 0) return piece;
    const held = this.#isHeld ? [Uint8Array.of(lineFeed)] : [];
    const all = Buffer.concat([this.#before, ...held, piece]);
    this.#isHeld = all.at(-1) === lineFeed && all.at(-2) !== 13;
    const text = this.#isHeld ? all.subarray(0, -1) : all;
    this.#before = text.subarray(-2);
    return withDots(text).subarray(2);
  }

  /** What ends it: the end of its last line, and the line with the dot. */
  end(): Uint8Array {
    const isWhole = !this.#isHeld && Buffer.from(this.#before).equals(Buffer.from('\r\n'));
    return Buffer.from(isWhole ? '.\r\n' : '\r\n.\r\n');
  }
}

function withDots(text: Buffer): Buffer {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = text.indexOf(lineWithDot); at !== -1; at = text.indexOf(lineWithDot, at + 2)) {
    parts.push(text.subarray(from, at + 2), Uint8Array.of(46));
    from = at + 2;
  }
  if (parts.length === 0) return text;
  parts.push(text.subarray(from));
  return Buffer.concat(parts);
}
