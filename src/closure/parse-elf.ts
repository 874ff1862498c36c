import type { ElfFacts, ProgramFacts } from '../domain/program-facts.ts';
import { type Dynamic, readDynamic } from './elf-dynamic.ts';
import {
  BrokenElf,
  type ElfImage,
  isLoadable,
  type ReadAt,
  readElfImage,
  type Segment,
} from './elf-image.ts';
import { parseDlopenNotes } from './parse-dlopen-notes.ts';

const ptLoad = 1;
const ptInterp = 3;
const ptNote = 4;

const mostPathBytes = 4096;
const mostNoteBytes = 65536;
const mostNoteSegments = 16;

const noDynamic: Dynamic = { needed: [], auxiliary: [], rpath: [], runpath: [], noDefaultLib: false };

/**
 * Reads what an ELF object asks for (elf(5), System V gABI), 32 or 64 bits, either byte order. Never throws on what
 * the file holds, and reads no more than fixed limits allow whatever the file claims.
 */
export function parseElf(read: ReadAt): ElfFacts | Extract<ProgramFacts, { kind: 'broken' }> {
  try {
    return factsOf(readElfImage(read));
  } catch (error) {
    if (error instanceof BrokenElf) return { kind: 'broken', why: error.message };
    throw error;
  }
}

function factsOf(image: ElfImage): ElfFacts {
  const { bits, littleEndian, machine } = image;
  const interpreter = readInterpreter(image);
  const dynamic = isLoadable(image) ? readDynamic(image) : undefined;
  requireWhole(image);
  return {
    kind: 'elf',
    bits,
    littleEndian,
    machine,
    ...(interpreter === undefined ? {} : { interpreter }),
    ...(dynamic ?? noDynamic),
    dlopen: segmentsOf(image, ptNote)
      .slice(0, mostNoteSegments)
      .flatMap((segment) => readNotes(image, segment)),
  };
}

function readInterpreter(image: ElfImage): string | undefined {
  const segment = segmentsOf(image, ptInterp)[0];
  // Detached debugging symbols keep the headers of a program, and nothing of what they describe.
  if (segment === undefined || segment.filesz === 0) return undefined;
  // The kernel's own limits: fs/binfmt_elf.c.
  if (segment.filesz < 2 || segment.filesz > mostPathBytes) {
    throw new BrokenElf('the name of its loader is empty or too long');
  }
  const view = image.take(segment.offset, segment.filesz, 'loader name');
  if (view.getUint8(view.byteLength - 1) !== 0) throw new BrokenElf('the name of its loader has no end');
  const text = decoder.decode(view);
  return text.slice(0, text.indexOf('\0'));
}

const decoder = new TextDecoder();

/** A file cut short is found by the last byte that would be loaded. */
function requireWhole(image: ElfImage): void {
  const ends = segmentsOf(image, ptLoad).map((segment) =>
    segment.filesz === 0 ? 0 : segment.offset + segment.filesz,
  );
  const end = Math.max(0, ...ends);
  if (end > 0) image.take(end - 1, 1, 'contents');
}

function readNotes(image: ElfImage, segment: Segment): ElfFacts['dlopen'] {
  if (segment.filesz === 0 || segment.filesz > mostNoteBytes) return [];
  const notes = image.take(segment.offset, segment.filesz, 'notes');
  return parseDlopenNotes(notes, { littleEndian: image.littleEndian, align: segment.align === 8 ? 8 : 4 });
}

function segmentsOf(image: ElfImage, type: number): Segment[] {
  return image.segments.filter((segment) => segment.type === type);
}
