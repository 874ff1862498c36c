import type { DlopenNote } from '../domain/program-facts.ts';

const noteType = 0x407c0c0a;
const owner = 0x46444f00; // "FDO\0", read as big endian

/**
 * Reads the notes of type dlopen in a PT_NOTE segment (UAPI.12, "dlopen() Metadata for ELF Files"; elf(5), "Notes").
 * A note that breaks the rules says nothing: a program runs without it.
 */
export function parseDlopenNotes(
  notes: DataView,
  form: { readonly littleEndian: boolean; readonly align: 4 | 8 },
): DlopenNote[] {
  const found: DlopenNote[] = [];
  for (let at = 0; at + 12 <= notes.byteLength; ) {
    const nameSize = notes.getUint32(at, form.littleEndian);
    const size = notes.getUint32(at + 4, form.littleEndian);
    const type = notes.getUint32(at + 8, form.littleEndian);
    const start = roundUp(at + 12 + nameSize, form.align);
    if (start + size > notes.byteLength) break;
    if (type === noteType && nameSize === 4 && notes.getUint32(at + 12) === owner) {
      found.push(...parseText(decoder.decode(new Uint8Array(notes.buffer, notes.byteOffset + start, size))));
    }
    at = roundUp(start + size, form.align);
  }
  return found;
}

const decoder = new TextDecoder();

function roundUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}

function parseText(text: string): DlopenNote[] {
  const data = parseJson(text.split('\0', 1)[0] ?? '');
  return Array.isArray(data) ? data.flatMap(parseItem) : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: a note that says nothing.
    return undefined;
  }
}

function parseItem(item: unknown): DlopenNote[] {
  if (typeof item !== 'object' || item === null) return [];
  const { soname, priority = 'recommended' } = item as { soname?: unknown; priority?: unknown };
  if (!Array.isArray(soname) || !isPriority(priority)) return [];
  const sonames = soname.filter(isSoname);
  return sonames.length === 0 ? [] : [{ sonames, priority }];
}

function isPriority(value: unknown): value is DlopenNote['priority'] {
  return value === 'required' || value === 'recommended' || value === 'suggested';
}

/** A name to be searched for: a path would reach any file of the host. */
function isSoname(value: unknown): value is string {
  return typeof value === 'string' && /^[^/\0]{1,255}$/u.test(value);
}
