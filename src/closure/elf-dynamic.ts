import type { ElfFacts } from '../domain/program-facts.ts';
import { BrokenElf, type ElfImage, readWord, type Segment } from './elf-image.ts';
import { readStrings } from './elf-strings.ts';

export type Dynamic = Pick<
  ElfFacts,
  'soname' | 'needed' | 'auxiliary' | 'rpath' | 'runpath' | 'noDefaultLib'
>;

const ptLoad = 1;
const ptDynamic = 2;

// biome-ignore format: a table
const tag = {
  null:      0,
  needed:    1,
  strtab:    5,
  strsz:     10,
  soname:    14,
  rpath:     15,
  runpath:   29,
  flags1:    0x6ffffffb,
  auxiliary: 0x7ffffffd,
  filter:    0x7fffffff,
} as const;

const flagNoDefaultLib = 0x800;

// 4096 entries of 64 bits: more than ten times the largest seen.
const mostDynamicBytes = 65536;

/** The dynamic section, found by address as the loader finds it; undefined in a static program. Throws BrokenElf. */
export function readDynamic(image: ElfImage): Dynamic | undefined {
  const segment = image.segments.findLast(({ type }) => type === ptDynamic);
  // As in detached debugging symbols.
  if (segment === undefined || segment.filesz === 0) return undefined;
  const entries = readEntries(image, segment);
  const first = (wanted: number) => entries.get(wanted)?.[0];
  const all = (...wanted: number[]) => wanted.flatMap((one) => entries.get(one) ?? []);

  const offsets = all(tag.needed, tag.filter, tag.auxiliary, tag.soname, tag.rpath, tag.runpath);
  const strings = offsets.length === 0 ? undefined : readStrings(image, stringTable(image, first), offsets);
  const text = (offset: number | undefined) => (offset === undefined ? undefined : strings?.get(offset));
  const texts = (...wanted: number[]) => all(...wanted).map((offset) => text(offset) ?? '');

  const soname = text(first(tag.soname));
  const runpath = text(first(tag.runpath));
  return {
    ...(soname === undefined ? {} : { soname }),
    needed: texts(tag.needed, tag.filter),
    auxiliary: texts(tag.auxiliary),
    // elf_get_dynamic_info: with a RUNPATH the RPATH counts for nothing.
    rpath: runpath === undefined ? splitPath(text(first(tag.rpath))) : [],
    runpath: splitPath(runpath),
    noDefaultLib: ((first(tag.flags1) ?? 0) & flagNoDefaultLib) !== 0,
  };
}

/** The values of each tag, in the order of the file. */
function readEntries(image: ElfImage, segment: Segment): Map<number, number[]> {
  const place = placeOf(image, segment.vaddr, 'dynamic section');
  const width = image.bits / 8;
  const room = Math.min(segment.filesz, place.size, mostDynamicBytes);
  const table = image.take(place.offset, room, 'dynamic section');
  const entries = new Map<number, number[]>();
  for (let at = 0; at + 2 * width <= table.byteLength; at += 2 * width) {
    const found = readWord(image, table, at);
    if (found === tag.null) return entries;
    const value = readWord(image, table, at + width);
    const known = entries.get(found);
    if (known === undefined) entries.set(found, [value]);
    else known.push(value);
  }
  throw new BrokenElf('its dynamic section has no end');
}

function stringTable(image: ElfImage, first: (wanted: number) => number | undefined): Place {
  const address = first(tag.strtab);
  if (address === undefined) throw new BrokenElf('it names libraries and has no table of names');
  const place = placeOf(image, address, 'table of names');
  return { offset: place.offset, size: Math.min(place.size, first(tag.strsz) ?? place.size) };
}

interface Place {
  readonly offset: number;
  readonly size: number;
}

/** Where in the file the byte at an address is, and how many follow it: a later segment is mapped over an earlier one. */
function placeOf(image: ElfImage, address: number, what: string): Place {
  const load = image.segments.findLast(
    ({ type, vaddr, filesz }) => type === ptLoad && address >= vaddr && address - vaddr < filesz,
  );
  if (load === undefined) throw new BrokenElf(`its ${what} is in no part that is loaded`);
  const within = address - load.vaddr;
  return { offset: load.offset + within, size: load.filesz - within };
}

/** An empty element is the working directory of whoever runs the program: no place a tree can have. */
function splitPath(text: string | undefined): string[] {
  return (text ?? '').split(':').filter((part) => part !== '');
}
