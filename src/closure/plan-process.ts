import { posix } from 'node:path';
import type { DlopenNote } from '../domain/program-facts.ts';
import type { FindLibrary, FoundObject, LoadedObject } from './find-library.ts';

/** A library the host has not. */
export interface Lack {
  readonly name: string;
  /** Who asks for it, as it was opened. */
  readonly asker: string;
  /** Set where a file of that name is there and unfit. */
  readonly why?: string;
}

/** A library path that is opened for a process, and who asks for it, as it was opened itself. */
export interface OpenedLibrary {
  readonly path: string;
  readonly real: string;
  readonly asker: string;
}

/** What is mapped when one program starts. */
export interface ProcessPlan {
  /** In the order the loader opens them. One file may be opened by two names: both must be there. */
  readonly opened: readonly OpenedLibrary[];
  readonly lacks: readonly Lack[];
  /** Of each object by its real path: the real paths of what it asks for itself. */
  readonly needs: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Follows the loader from `program` breadth first (glibc's _dl_map_object_deps): a name or a file that is already in
 * the process is not searched again. Then what `.note.dlopen` requires or recommends is loaded in the same way;
 * a recommendation that cannot be met is left out. `loader` is the process's own ELF interpreter.
 */
export function planProcess(
  program: FoundObject,
  loader: FoundObject | undefined,
  find: FindLibrary,
): ProcessPlan {
  const process = new ProcessUnderWay(find);
  process.map(program, { origin: posix.dirname(program.real) });
  // It is in the process before all libraries, and asked for by name: libc wants symbols of it.
  if (loader !== undefined) process.know(loader);
  process.loadNeeded();
  process.loadNotes();
  return process;
}

class ProcessUnderWay implements ProcessPlan {
  readonly opened: OpenedLibrary[] = [];
  readonly lacks: Lack[] = [];
  readonly needs = new Map<string, Set<string>>();
  readonly #find: FindLibrary;
  readonly #objects: LoadedObject[] = [];
  readonly #byName = new Map<string, LoadedObject>();
  readonly #byReal = new Map<string, LoadedObject>();
  #next = 0;

  constructor(find: FindLibrary) {
    this.#find = find;
  }

  map(found: FoundObject, place: Pick<LoadedObject, 'origin' | 'loader'>): LoadedObject {
    const object = { ...found, ...place };
    this.#objects.push(object);
    this.#answer(object);
    return object;
  }

  /** An object that is in the process, though nobody asked for it yet. */
  know(found: FoundObject): void {
    this.#answer({ ...found, origin: posix.dirname(found.path) });
  }

  loadNeeded(): void {
    for (; this.#next < this.#objects.length; this.#next += 1) {
      const object = this.#objects[this.#next];
      if (object === undefined) return;
      for (const name of object.facts.needed) {
        const lack = this.#load(name, object);
        if (lack !== undefined) this.lacks.push(lack);
      }
      for (const name of object.facts.auxiliary) this.#load(name, object);
    }
  }

  loadNotes(): void {
    // The list grows while it is walked: libraries loaded for a note have notes of their own.
    for (const object of this.#objects) {
      for (const note of object.facts.dlopen) {
        if (note.priority !== 'suggested') this.#loadNote(note, object);
      }
    }
  }

  #loadNote(note: DlopenNote, object: LoadedObject): void {
    const before = this.#mark();
    for (const name of note.sonames) {
      if (this.#load(name, object) !== undefined) continue;
      this.loadNeeded();
      if (this.lacks.length === before.lacks || note.priority === 'required') return;
      this.#forget(before);
    }
    if (note.priority === 'required') {
      this.lacks.push({ name: note.sonames[0] ?? '', asker: object.path });
    }
  }

  /** Undefined when the library is in the process now. */
  #load(name: string, asker: LoadedObject): Lack | undefined {
    const known = this.#byName.get(name);
    if (known !== undefined) return this.#note(asker, known);
    const search = this.#find(name, asker);
    if (search.type === 'missing') return { name, asker: asker.path };
    if (search.type === 'unfit') {
      return { name, asker: asker.path, why: `cannot be ${search.path}: ${search.why}` };
    }
    for (const found of [search.library, ...search.variants]) {
      this.opened.push({ path: found.path, real: found.real, asker: asker.path });
      const place = { origin: posix.dirname(found.path), loader: asker };
      const object = this.#byReal.get(found.real) ?? this.map(found, place);
      this.#answer(object, name, found.path);
      this.#note(asker, object);
    }
    return undefined;
  }

  /** The first object that answers to a name keeps it. */
  #answer(object: LoadedObject, ...names: readonly string[]): void {
    const { soname } = object.facts;
    for (const name of [...names, object.path, ...(soname === undefined ? [] : [soname])]) {
      if (!this.#byName.has(name)) this.#byName.set(name, object);
    }
    this.#byReal.set(object.real, object);
  }

  #note(asker: LoadedObject, asked: LoadedObject): undefined {
    const needs = this.needs.get(asker.real);
    if (needs === undefined) this.needs.set(asker.real, new Set([asked.real]));
    else needs.add(asked.real);
  }

  #mark(): Mark {
    return { objects: this.#objects.length, opened: this.opened.length, lacks: this.lacks.length };
  }

  #forget(since: Mark): void {
    for (const object of this.#objects.splice(since.objects)) {
      this.#byReal.delete(object.real);
      this.needs.delete(object.real);
      for (const [name, named] of this.#byName) if (named === object) this.#byName.delete(name);
      for (const asked of this.needs.values()) asked.delete(object.real);
    }
    this.opened.length = since.opened;
    this.lacks.length = since.lacks;
    this.#next = this.#objects.length;
  }
}

interface Mark {
  readonly objects: number;
  readonly opened: number;
  readonly lacks: number;
}
