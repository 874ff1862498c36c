/** What a made ELF file says. Everything has a value that makes a small x86-64 shared object. */
export interface ElfSpec {
  readonly bits?: 32 | 64;
  readonly littleEndian?: boolean;
  readonly machine?: number;
  /** e_type: 1 object, 2 program, 3 shared object, 4 core. */
  readonly type?: number;
  readonly interpreter?: string;
  readonly soname?: string;
  readonly needed?: readonly string[];
  readonly auxiliary?: readonly string[];
  readonly filter?: readonly string[];
  readonly rpath?: string;
  readonly runpath?: string;
  readonly flags1?: number;
  /** Texts of dlopen notes. */
  readonly notes?: readonly string[];
  /** Bytes of names nobody asks for, before those that are asked for. */
  readonly otherNames?: number;
}

const baseAddress = 0x40_0000;

/** The bytes of an ELF file with one loaded segment that holds all of it, mapped elsewhere than at its offset. */
export function buildElf(spec: ElfSpec = {}): Uint8Array {
  const { bits = 64, littleEndian = true, machine = 62, type = 3 } = spec;
  const writer = new Writer(bits, littleEndian);
  const notes = joinNotes(writer, spec.notes ?? []);
  const interpreter = spec.interpreter === undefined ? new Uint8Array(0) : encode(`${spec.interpreter}\0`);
  const names = new NameTable(spec.otherNames ?? 0);
  const dynamic = dynamicEntries(spec, names);

  const wide = bits === 64;
  const headerSize = wide ? 64 : 52;
  const segmentSize = wide ? 56 : 32;
  const count = 2 + [interpreter, notes].filter(({ length }) => length > 0).length;
  const at = {
    segments: headerSize,
    interpreter: headerSize + count * segmentSize,
    notes: 0,
    names: 0,
    dynamic: 0,
  };
  at.notes = roundUp(at.interpreter + interpreter.length);
  at.names = roundUp(at.notes + notes.length);
  at.dynamic = roundUp(at.names + names.bytes().length);
  const entries = [...dynamic, [5, baseAddress + at.names], [10, names.bytes().length], [0, 0]] as const;
  const dynamicSize = entries.length * (bits / 4);
  const size = at.dynamic + dynamicSize;

  writer.resize(size);
  writer.bytes.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, littleEndian ? 1 : 2, 1]);
  writer.put16(16, type);
  writer.put16(18, machine);
  writer.put32(20, 1);
  writer.putWord(wide ? 32 : 28, at.segments);
  writer.put16(wide ? 52 : 40, headerSize);
  writer.put16(wide ? 54 : 42, segmentSize);
  writer.put16(wide ? 56 : 44, count);
  let next = at.segments;
  const segment = (kind: number, offset: number, length: number) => {
    writer.put32(next, kind);
    writer.putWord(next + (wide ? 8 : 4), offset);
    writer.putWord(next + (wide ? 16 : 8), baseAddress + offset);
    writer.putWord(next + (wide ? 32 : 16), length);
    writer.putWord(next + (wide ? 40 : 20), length);
    writer.putWord(next + (wide ? 48 : 28), 4);
    next += segmentSize;
  };
  segment(1, 0, size);
  segment(2, at.dynamic, dynamicSize);
  if (interpreter.length > 0) segment(3, at.interpreter, interpreter.length);
  if (notes.length > 0) segment(4, at.notes, notes.length);
  writer.bytes.set(interpreter, at.interpreter);
  writer.bytes.set(notes, at.notes);
  writer.bytes.set(names.bytes(), at.names);
  for (const [index, [tag, value]] of entries.entries()) {
    writer.putWord(at.dynamic + (index * bits) / 4, tag);
    writer.putWord(at.dynamic + (index * bits) / 4 + bits / 8, value);
  }
  return writer.bytes;
}

/** Random access to bytes, as `parseElf` wants it. */
export function readerOf(bytes: Uint8Array): (offset: number, length: number) => Uint8Array {
  return (offset, length) =>
    bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length));
}

function dynamicEntries(spec: ElfSpec, names: NameTable): [tag: number, value: number][] {
  const list = (tag: number, texts: readonly string[] = []) =>
    texts.map((text): [number, number] => [tag, names.add(text)]);
  const one = (tag: number, text: string | undefined) => list(tag, text === undefined ? [] : [text]);
  return [
    ...list(1, spec.needed),
    ...list(0x7f_ff_ff_ff, spec.filter),
    ...list(0x7f_ff_ff_fd, spec.auxiliary),
    ...one(14, spec.soname),
    ...one(15, spec.rpath),
    ...one(29, spec.runpath),
    ...(spec.flags1 === undefined ? [] : [[0x6f_ff_ff_fb, spec.flags1] as [number, number]]),
  ];
}

function joinNotes(writer: Writer, texts: readonly string[]): Uint8Array {
  const parts = texts.map((text) => {
    const body = encode(`${text}\0`);
    const note = new Writer(writer.bits, writer.littleEndian);
    note.resize(16 + roundUp(body.length));
    note.put32(0, 4);
    note.put32(4, body.length);
    note.put32(8, 0x40_7c_0c_0a);
    note.bytes.set(encode('FDO\0'), 12);
    note.bytes.set(body, 16);
    return note.bytes;
  });
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

class NameTable {
  #text: string;

  constructor(others: number) {
    this.#text = `\0${'x'.repeat(others)}\0`;
  }

  add(text: string): number {
    const at = encode(this.#text).length;
    this.#text += `${text}\0`;
    return at;
  }

  bytes(): Uint8Array {
    return encode(this.#text);
  }
}

class Writer {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  bytes = new Uint8Array(0);
  #view = new DataView(this.bytes.buffer);

  constructor(bits: 32 | 64, littleEndian: boolean) {
    this.bits = bits;
    this.littleEndian = littleEndian;
  }

  resize(size: number): void {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  put16(at: number, value: number): void {
    this.#view.setUint16(at, value, this.littleEndian);
  }

  put32(at: number, value: number): void {
    this.#view.setUint32(at, value, this.littleEndian);
  }

  putWord(at: number, value: number): void {
    if (this.bits === 32) this.put32(at, value);
    else this.#view.setBigUint64(at, BigInt(value), this.littleEndian);
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function roundUp(value: number): number {
  return Math.ceil(value / 8) * 8;
}
