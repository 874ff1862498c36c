import { describe, expect, test } from 'vitest';
import { parseElf } from '../../../src/closure/parse-elf.ts';
import { buildElf, type ElfSpec, readerOf } from '../../support/build-elf.ts';

const forms = [
  { bits: 64, littleEndian: true },
  { bits: 64, littleEndian: false },
  { bits: 32, littleEndian: true },
  { bits: 32, littleEndian: false },
] as const;

describe('parseElf', () => {
  test.each(forms)('reads all a program asks for: $bits bits, little endian $littleEndian', (form) => {
    const spec: ElfSpec = {
      ...form,
      machine: 183,
      type: 2,
      interpreter: '/lib/ld.so',
      soname: 'me.so',
      needed: ['libb.so', 'liba.so'],
      filter: ['libf.so'],
      auxiliary: ['libx.so'],
      runpath: '/opt/a::$ORIGIN/b',
      flags1: 0x800,
      notes: ['[{"soname":["libn.so.1","libn.so.0"],"priority":"required"}]'],
    };
    expect(parse(spec)).toEqual({
      kind: 'elf',
      ...form,
      machine: 183,
      interpreter: '/lib/ld.so',
      soname: 'me.so',
      needed: ['libb.so', 'liba.so', 'libf.so'],
      auxiliary: ['libx.so'],
      rpath: [],
      runpath: ['/opt/a', '$ORIGIN/b'],
      noDefaultLib: true,
      dlopen: [{ sonames: ['libn.so.1', 'libn.so.0'], priority: 'required' }],
    });
  });

  test('lets a RUNPATH overrule an RPATH', () => {
    expect(parse({ rpath: '/r' })).toMatchObject({ rpath: ['/r'], runpath: [] });
    expect(parse({ rpath: '/r', runpath: '/u' })).toMatchObject({ rpath: [], runpath: ['/u'] });
  });

  test('reads names that stand far into a large table', () => {
    expect(parse({ needed: ['liba.so', 'libb.so'], otherNames: 70_000 })).toMatchObject({
      needed: ['liba.so', 'libb.so'],
    });
  });

  test('reads names that stand far apart', () => {
    const long = `/${'d'.repeat(7000)}`;
    expect(parse({ needed: ['liba.so'], soname: 'me.so', runpath: `${long}:${long}/x` })).toMatchObject({
      soname: 'me.so',
      runpath: [long, `${long}/x`],
    });
  });

  test('asks nothing of an object file or a core', () => {
    for (const type of [1, 4])
      expect(parse({ type, needed: ['liba.so'] })).toMatchObject({ kind: 'elf', needed: [] });
  });

  test('asks nothing of detached debugging symbols, whose headers describe nothing', () => {
    const bytes = buildElf({ interpreter: '/l', needed: ['liba.so'] });
    const view = new DataView(bytes.buffer);
    for (const segment of [0, 1, 2]) view.setBigUint64(64 + 56 * segment + 32, 0n, true);
    const facts = parseElf(readerOf(bytes));
    expect(facts).toMatchObject({ kind: 'elf', needed: [] });
    expect(facts).not.toHaveProperty('interpreter');
  });

  test('takes a section of names without names for a program without needs', () => {
    expect(parse({})).toMatchObject({ kind: 'elf', needed: [], runpath: [] });
  });

  // biome-ignore format: a table
  const lies: readonly (readonly [what: string, spec: ElfSpec, lie: (view: DataView) => void, why: RegExp])[] = [
    ['another magic',                {}, (v) => v.setUint32(0, 0x7f454c00),              /does not begin as ELF/u],
    ['a class of its own',           {}, (v) => v.setUint8(4, 3),                        /32 nor 64/u],
    ['a byte order of its own',      {}, (v) => v.setUint8(5, 0),                        /byte order/u],
    ['headers of another size',      {}, (v) => v.setUint16(54, 32, true),               /program headers are 32/u],
    ['65535 program headers',        {}, (v) => v.setUint16(56, 0xffff, true),           /claims 65535/u],
    ['program headers out of reach', {}, (v) => v.setBigUint64(32, 1n << 40n, true),     /ends before its program headers/u],
    ['program headers beyond all',   {}, (v) => v.setBigUint64(32, (1n << 64n) - 1n, true), /beyond the end of any file/u],
    ['a dynamic section nowhere',    {}, (v) => v.setBigUint64(64 + 56 + 16, 1n, true),  /in no part that is loaded/u],
    ['a dynamic section behind all', {}, (v) => v.setBigUint64(64 + 56 + 16, 1n << 40n, true), /in no part that is loaded/u],
    ['a dynamic section cut off',    {}, (v) => v.setBigUint64(64 + 56 + 32, 16n, true), /dynamic section has no end/u],
    ['contents it has not',          {}, (v) => v.setBigUint64(64 + 32, 1n << 40n, true), /ends before its contents/u],
    ['a loader name of 1 TB',        { interpreter: '/l' }, (v) => v.setBigUint64(64 + 112 + 32, 1n << 40n, true), /empty or too long/u],
    ['a loader name of one byte',    { interpreter: '/l' }, (v) => v.setBigUint64(64 + 112 + 32, 1n, true),        /empty or too long/u],
    ['a loader name without an end', { interpreter: '/l' }, (v) => v.setBigUint64(64 + 112 + 32, 2n, true),        /loader has no end/u],
    ['a name outside the table',     { needed: ['a'] }, (v) => v.setBigUint64(dynamicAt(v) + 8, 1n << 30n, true),  /outside its table/u],
    ['a table of names nowhere',     { needed: ['a'] }, (v) => v.setBigUint64(dynamicAt(v) + 24, 1n, true),        /table of names is in no part/u],
    ['names and no table of them',   { needed: ['a'] }, (v) => v.setBigUint64(dynamicAt(v) + 16, 6n, true),        /has no table of names/u],
    ['a table cut in a name',        { needed: ['abc'] }, (v) => v.setBigUint64(dynamicAt(v) + 40, 4n, true),      /has no end/u],
  ];
  test.each(lies)('calls a file with %s broken, and says so', (_, spec, lie, why) => {
    const bytes = buildElf(spec);
    lie(new DataView(bytes.buffer));
    expect(parseElf(readerOf(bytes))).toEqual({ kind: 'broken', why: expect.stringMatching(why) });
  });

  test('calls every beginning of a file broken, whatever its length', () => {
    const bytes = buildElf({ interpreter: '/lib/ld.so', needed: ['liba.so'], notes: ['[]'] });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(parseElf(readerOf(bytes.subarray(0, length))).kind, `${length} bytes`).toBe('broken');
    }
  });

  test('reads little, and asks for little at once, of a file that claims much', () => {
    for (const sparse of [hugeDynamic(), hugeNames()]) {
      const asked = askedOf(sparse, 2 ** 40);
      expect(Math.max(...asked.lengths)).toBeLessThanOrEqual(65_536);
      expect(asked.lengths.length).toBeLessThan(200);
    }
  });

  test('reads over notes of a size no notes have', () => {
    const bytes = buildElf({ notes: ['[{"soname":["liba.so"]}]'] });
    new DataView(bytes.buffer).setBigUint64(64 + 112 + 32, 1n << 39n, true);
    const asked = askedOf(bytes, 2 ** 40);
    expect(asked.result).toMatchObject({ kind: 'elf', dlopen: [] });
    expect(Math.max(...asked.lengths)).toBeLessThanOrEqual(65_536);
  });

  test('refuses names that repeat the same megabyte', () => {
    // 3000 names that all end at the same place: each is a part of the one before.
    const bytes = buildElf({
      needed: Array.from({ length: 3000 }, (_, index) => `n${index}`),
      otherNames: 12_000,
    });
    const view = new DataView(bytes.buffer);
    const at = dynamicAt(view);
    for (let index = 0; index < 3000; index += 1)
      view.setBigUint64(at + 16 * index + 8, BigInt(index + 1), true);
    expect(parseElf(readerOf(bytes))).toEqual({
      kind: 'broken',
      why: expect.stringMatching(/more names than/u),
    });
  });

  test('gives a result for any damage', () => {
    const good = buildElf({
      interpreter: '/lib/ld.so',
      needed: ['liba.so', 'libb.so'],
      runpath: '/x',
      notes: ['[{}]'],
    });
    const random = mulberry32(20_261_122);
    const kinds = new Set<string>();
    for (let round = 0; round < 5000; round += 1) {
      const bytes = good.slice();
      for (let change = 0; change <= random() * 4; change += 1) {
        bytes[4 + Math.floor(random() * (bytes.length - 4))] =
          [0, 1, 0x7f, 0x80, 0xff][Math.floor(random() * 5)] ?? 0;
      }
      const asked = askedOf(bytes);
      kinds.add(asked.result.kind);
      expect(asked.lengths.length).toBeLessThan(30);
    }
    expect(kinds).toEqual(new Set(['elf', 'broken']));
  });
});

function parse(spec: ElfSpec) {
  return parseElf(readerOf(buildElf(spec)));
}

/** Offset of the dynamic section: the second program header of a 64-bit file. */
function dynamicAt(view: DataView): number {
  return Number(view.getBigUint64(64 + 56 + 8, true));
}

/** A terabyte of which all is loaded, and 2^39 bytes are the dynamic section. */
function hugeDynamic(): Uint8Array {
  const bytes = buildElf({ needed: ['liba.so'] });
  const view = new DataView(bytes.buffer);
  view.setBigUint64(64 + 32, 1n << 39n, true);
  view.setBigUint64(64 + 56 + 32, 1n << 39n, true);
  return bytes;
}

/** A table of names of 2^38 bytes, with a name at each of 100 megabytes. */
function hugeNames(): Uint8Array {
  const bytes = buildElf({ needed: Array.from({ length: 100 }, (_, index) => `lib${index}.so`) });
  const view = new DataView(bytes.buffer);
  view.setBigUint64(64 + 32, 1n << 39n, true);
  const at = dynamicAt(view);
  for (let index = 0; index < 100; index += 1)
    view.setBigUint64(at + 16 * index + 8, BigInt(index) << 20n, true);
  view.setBigUint64(at + 16 * 101 + 8, 1n << 38n, true);
  return bytes;
}

/** The result, and the lengths asked for. The file is `size` bytes long: what `bytes` has not is zero. */
function askedOf(bytes: Uint8Array, size = bytes.length) {
  const lengths: number[] = [];
  const read = readerOf(bytes);
  const result = parseElf((offset, length) => {
    lengths.push(length);
    const answer = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    answer.set(read(offset, answer.length));
    return answer;
  });
  return { result, lengths };
}

/** Tommy Ettinger's mulberry32: numbers in [0, 1) from a seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
