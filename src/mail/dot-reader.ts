/** What a piece of the connection holds of a message. */
export interface DotPiece {
  /** Of the message, as it was before it was sent: without the dots put in front of dots. */
  readonly message: Uint8Array;
  /** What came behind the end of the message; undefined as long as it goes on. */
  readonly rest: Uint8Array | undefined;
}

/**
 * Where in a line the reader is: at its beginning, behind a CR, or behind what may become the end. Only CR LF ends a line:
 * to take a bare LF for one would let a message smuggle another behind it, and would take away dots that nobody had put
 * there.
 */
type Place = 'text' | 'cr' | 'start' | 'dot' | 'dot-cr';

const [cr, lf, dot] = [0x0d, 0x0a, 0x2e];
const lineStart = Buffer.from('\r\n.');

/**
 * Takes a message off its wire form (RFC 5321, 4.5.2), in pieces of any size: a dot that begins a line is left out, and a
 * line that is a dot alone ends it. All else stays as it came.
 */
export class DotReader {
  #place: Place = 'start';

  read(piece: Uint8Array): DotPiece {
    const parts: Uint8Array[] = [];
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    // Where what has not been handed on yet begins.
    let from = 0;
    let at = 0;
    while (at < bytes.length) {
      if (this.#place === 'text') at = this.#passText(bytes, at);
      if (at >= bytes.length) break;
      const byte = bytes[at];
      at += 1;
      const before = this.#place;
      this.#place = nextPlace(before, byte);
      if (this.#place === 'dot') {
        parts.push(bytes.subarray(from, at - 1));
        from = at;
      } else if (before === 'dot' && this.#place === 'dot-cr') {
        // Kept back, for it may belong to the end.
        from = at;
      } else if (before === 'dot-cr') {
        if (byte === lf) return { message: join(parts), rest: bytes.subarray(at) };
        parts.push(heldBack);
      }
    }
    parts.push(bytes.subarray(from));
    return { message: join(parts), rest: undefined };
  }

  /** The next place where a line begins with a dot, or the end: most of a message is looked at by this alone. */
  #passText(bytes: Buffer, from: number): number {
    const found = bytes.indexOf(lineStart, from);
    this.#place = found === -1 ? placeAfter(bytes, from) : 'start';
    return found === -1 ? bytes.length : found + 2;
  }
}

const heldBack = Buffer.from('\r');

function nextPlace(place: Place, byte: number | undefined): Place {
  if (place === 'start' && byte === dot) return 'dot';
  if (place === 'dot' && byte === cr) return 'dot-cr';
  if (byte === lf && place === 'cr') return 'start';
  return byte === cr ? 'cr' : 'text';
}

/** In text without another line that begins with a dot, the place its last bytes leave the reader in. */
function placeAfter(bytes: Uint8Array, from: number): Place {
  const last = bytes[bytes.length - 1];
  if (last === cr) return 'cr';
  return last === lf && bytes.length - 2 >= from && bytes[bytes.length - 2] === cr ? 'start' : 'text';
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts);
}
