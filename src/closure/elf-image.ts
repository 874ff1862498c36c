/** Up to `length` bytes of a file from `offset`; fewer where the file ends. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/** Thrown while an ELF file is read, caught in `parseElf`: the message is the rule the file breaks. */
export class BrokenElf extends Error {
  override readonly name = 'BrokenElf';
}

export interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly vaddr: number;
  readonly filesz: number;
  readonly align: number;
}

/** An ELF file whose header was read: checked access to the rest, in its own class and byte order. */
export interface ElfImage {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  readonly machine: number;
  /** e_type: 2 is ET_EXEC, 3 is ET_DYN. */
  readonly type: number;
  readonly segments: readonly Segment[];
  /** Exactly `length` bytes; throws BrokenElf where the file has them not. */
  readonly take: (offset: number, length: number, what: string) => DataView;
}

/** A program or a shared object: what has no other type is never loaded. */
export function isLoadable(image: Pick<ElfImage, 'type'>): boolean {
  return image.type === 2 || image.type === 3;
}

// Often the header, the program headers, the interpreter's name and the notes: one read for them all.
const headSize = 4096;

// The kernel refuses more (fs/binfmt_elf.c: load_elf_phdrs), and so an honest file has less.
const mostHeaderBytes = 65536;

/** Reads header and program headers (elf(5)). Throws BrokenElf. */
export function readElfImage(read: ReadAt): ElfImage {
  const head = read(0, headSize);
  const take = takeFrom(read, head);
  const ident = take(0, 16, 'header');
  if (ident.getUint32(0) !== 0x7f454c46) throw new BrokenElf('it does not begin as ELF does');
  const bits = oneOf(ident.getUint8(4), 32, 64, 'its class is neither 32 nor 64 bits');
  const littleEndian = oneOf(
    ident.getUint8(5),
    true,
    false,
    'its byte order is neither little nor big endian',
  );
  const header = take(0, bits === 64 ? 64 : 52, 'header');
  const type = header.getUint16(16, littleEndian);
  const machine = header.getUint16(18, littleEndian);
  const image = { bits, littleEndian, machine, type, segments: [], take };
  return isLoadable(image) ? { ...image, segments: readSegments(image, header) } : image;
}

/** A field of the width of an address. Over 2^53 it is no longer exact, and larger than any file. */
export function readWord(image: Pick<ElfImage, 'bits' | 'littleEndian'>, view: DataView, at: number): number {
  if (image.bits === 32) return view.getUint32(at, image.littleEndian);
  const first = view.getUint32(at, image.littleEndian);
  const second = view.getUint32(at + 4, image.littleEndian);
  return image.littleEndian ? second * 2 ** 32 + first : first * 2 ** 32 + second;
}

function takeFrom(read: ReadAt, head: Uint8Array): ElfImage['take'] {
  return (offset, length, what) => {
    if (offset + length <= head.length) return viewOf(head.subarray(offset, offset + length));
    if (!Number.isSafeInteger(offset + length))
      throw new BrokenElf(`its ${what} lies beyond the end of any file`);
    const bytes = read(offset, length);
    if (bytes.length < length) throw new BrokenElf(`the file ends before its ${what} does`);
    return viewOf(bytes);
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function oneOf<const A, const B>(value: number, one: A, two: B, otherwise: string): A | B {
  if (value === 1) return one;
  if (value === 2) return two;
  throw new BrokenElf(otherwise);
}

function readSegments(image: Omit<ElfImage, 'segments'>, header: DataView): Segment[] {
  const wide = image.bits === 64;
  const start = readWord(image, header, wide ? 32 : 28);
  const entry = header.getUint16(wide ? 54 : 42, image.littleEndian);
  const count = header.getUint16(wide ? 56 : 44, image.littleEndian);
  if (count === 0) return [];
  const size = wide ? 56 : 32;
  if (entry !== size)
    throw new BrokenElf(`its program headers are ${entry} bytes long, and ${size} is the rule`);
  if (count * size > mostHeaderBytes) throw new BrokenElf(`it claims ${count} program headers`);
  const table = image.take(start, count * size, 'program headers');
  return Array.from({ length: count }, (_, index) => readSegment(image, table, index * size));
}

function readSegment(image: Omit<ElfImage, 'segments'>, table: DataView, at: number): Segment {
  const wide = image.bits === 64;
  return {
    type: table.getUint32(at, image.littleEndian),
    offset: readWord(image, table, at + (wide ? 8 : 4)),
    vaddr: readWord(image, table, at + (wide ? 16 : 8)),
    filesz: readWord(image, table, at + (wide ? 32 : 16)),
    align: readWord(image, table, at + (wide ? 48 : 28)),
  };
}
