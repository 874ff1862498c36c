import { BrokenElf, type ElfImage } from './elf-image.ts';

// PATH_MAX, and then some for a search path of many folders.
const mostStringBytes = 16384;
const windowBytes = 16384;
// What one file may ask for in names, whatever it repeats.
const mostNameBytes = 1 << 20;

/**
 * The strings at `offsets` of a table. A table may be of many megabytes; what is read of it is a window where the
 * names stand together, as they mostly do, or a window for each. Throws BrokenElf.
 */
export function readStrings(
  image: ElfImage,
  table: { readonly offset: number; readonly size: number },
  offsets: readonly number[],
): Map<number, string> {
  const sorted = [...new Set(offsets)].sort((a, b) => a - b);
  const strings = new Map<number, string>();
  let window = { start: 0, bytes: new Uint8Array(0) };
  let total = 0;
  for (const offset of sorted) {
    if (offset >= table.size) throw new BrokenElf('a name lies outside its table of names');
    let end = endOf(window, offset);
    if (end === undefined) {
      window = readWindow(image, table, offset);
      end = endOf(window, offset);
    }
    if (end === undefined) throw new BrokenElf('a name in its table of names has no end, or is too long');
    total += end - offset;
    if (total > mostNameBytes) throw new BrokenElf('it asks for more names than any program has');
    strings.set(offset, decoder.decode(window.bytes.subarray(offset - window.start, end - window.start)));
  }
  return strings;
}

interface Window {
  /** Offset in the table of the first byte. */
  readonly start: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Where the string at `offset` ends, if the window holds all of it. */
function endOf(window: Window, offset: number): number | undefined {
  if (offset < window.start || offset >= window.start + window.bytes.length) return undefined;
  const end = window.bytes.indexOf(0, offset - window.start);
  if (end === -1 || end - (offset - window.start) > mostStringBytes) return undefined;
  return end + window.start;
}

function readWindow(
  image: ElfImage,
  table: { readonly offset: number; readonly size: number },
  start: number,
): Window {
  const length = Math.min(windowBytes, table.size - start);
  const { buffer, byteOffset, byteLength } = image.take(table.offset + start, length, 'table of names');
  return { start, bytes: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength) };
}

const decoder = new TextDecoder();
