import { compareLibraryNames } from './compare-library-names.ts';

export interface CachedLibrary {
  readonly soname: string;
  readonly path: string;
}

/** e_machine of the two machines a tree can be made for: x86-64 and AArch64. */
export type CacheMachine = 62 | 183;

// Kind and machine of a library, FLAG_ELF_LIBC6 with the machine's bits: glibc's sysdeps/generic/ldconfig.h.
const flagsOf: Readonly<Record<CacheMachine, number>> = { 62: 0x0303, 183: 0x0a03 };

const magic = 'glibc-ld.so.cache1.1';
const headerBytes = 48;
const entryBytes = 24;
const littleEndian = 2;

/**
 * The bytes of an /etc/ld.so.cache (glibc's format 1.1: sysdeps/generic/dl-cache.h) that leads each soname to a path.
 * Of two libraries with one soname the loader takes the first given.
 */
export function renderLdCache(libraries: readonly CachedLibrary[], machine: CacheMachine): Uint8Array {
  // The loader looks a name up by halving, and takes it for granted that the greatest comes first.
  const sorted = libraries.toSorted((a, b) => compareLibraryNames(b.soname, a.soname));
  const start = headerBytes + entryBytes * sorted.length;
  const strings = placeStrings(
    sorted.flatMap(({ soname, path }) => [soname, path]),
    start,
  );
  const bytes = new Uint8Array(start + strings.bytes.length);
  const view = new DataView(bytes.buffer);

  bytes.set(encoder.encode(magic));
  view.setUint32(20, sorted.length, true);
  view.setUint32(24, strings.bytes.length, true);
  view.setUint8(28, littleEndian);
  for (const [index, { soname, path }] of sorted.entries()) {
    const at = headerBytes + entryBytes * index;
    view.setUint32(at, flagsOf[machine], true);
    view.setUint32(at + 4, strings.offsets.get(soname) ?? 0, true);
    view.setUint32(at + 8, strings.offsets.get(path) ?? 0, true);
  }
  bytes.set(strings.bytes, start);
  return bytes;
}

const encoder = new TextEncoder();

/** Each string once, ended by NUL; offsets count from the start of the file. */
function placeStrings(
  texts: readonly string[],
  start: number,
): { bytes: Uint8Array; offsets: Map<string, number> } {
  const offsets = new Map<string, number>();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (const text of new Set(texts)) {
    const chunk = encoder.encode(`${text}\0`);
    offsets.set(text, start + length);
    chunks.push(chunk);
    length += chunk.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { bytes, offsets };
}
