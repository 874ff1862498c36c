import { readdirSync, type Stats, statSync } from 'node:fs';
import { type DomainName, whyNotDomainName } from '../domain/domain-name.ts';
import { readAliasTarget } from '../engine/alias-links.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { readConfigFile } from '../host/read-config-file.ts';
import { type AddressTable, type TreePlace, withServerNames } from './address-table.ts';
import { decideTable } from './decide-table.ts';

/** An open root of trees. */
export interface OpenRoot {
  readonly path: string;
  readonly fd: number;
}

const emptyTable: AddressTable = { byAddress: new Map(), standard: undefined, byName: new Map() };

/** Room for as many lines as there are trees on the largest of machines. */
const mostBytes = 16 * 1024 * 1024;

/** The table of one file of addresses, as it was when it last was good. */
export class TableKeeper {
  readonly #file: string;
  readonly #roots: readonly OpenRoot[];
  #read: AddressTable | undefined;
  #seen = '';
  #complaints: readonly string[] = [];

  constructor(file: string, roots: readonly OpenRoot[]) {
    this.#file = file;
    this.#roots = roots;
  }

  /** Empty as long as there was no good file. Trees are named by their own names, never by an alias. */
  get table(): AddressTable {
    return this.#read ?? emptyTable;
  }

  /** What is wrong with the file as it is now, a line of text for each mistake. */
  get complaints(): readonly string[] {
    return this.#complaints;
  }

  /** Whether the file is another than when it was last read. */
  hasChanged(): boolean {
    return describeFile(this.#file) !== this.#seen;
  }

  /** Reads the file again, as a whole or not at all. */
  read(): void {
    const seen = describeFile(this.#file);
    const text = this.#readText();
    if (text !== undefined) this.#take(text);
    // Whatever threw is tried again.
    this.#seen = seen;
  }

  #take(text: string): void {
    const roots = this.#roots.map(({ path }) => path);
    const { table, complaints } = decideTable({ old: undefined, text, file: this.#file, roots });
    if (table !== undefined) this.#read = resolveAliases(table, this.#roots);
    this.#complaints = complaints;
  }

  #readText(): string | undefined {
    try {
      const text = readConfigFile(this.#file, mostBytes);
      if (text === undefined) this.#complaints = [`${this.#file} is not there`];
      return text;
    } catch (error) {
      if (!Error.isError(error)) throw error;
      this.#complaints = [error.message];
      return undefined;
    }
  }
}

function describeFile(file: string): string {
  const describe = ({ ino, size, mtimeMs, ctimeMs, uid, mode }: Stats) =>
    [ino, size, mtimeMs, ctimeMs, uid, mode].join(' ');
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    return stat ? describe(stat) : 'none';
  } catch (error) {
    return Error.isError(error) ? error.message : 'unknown';
  }
}

/** Every tree by its own name; and by the names of links beside it, for clients that ask for a name. */
function resolveAliases(table: AddressTable, roots: readonly OpenRoot[]): AddressTable {
  const own = new Map<TreePlace, TreePlace>();
  const resolve = (place: TreePlace): TreePlace => {
    const known = own.get(place) ?? resolvePlace(place, roots);
    own.set(place, known);
    return known;
  };
  const resolved: AddressTable = {
    byAddress: new Map([...table.byAddress].map(([address, place]) => [address, resolve(place)])),
    standard: table.standard && resolve(table.standard),
    byName: new Map(
      [...table.byName].flatMap(([name, place]) => {
        const tree = resolve(place);
        return [[name, tree] as const, [tree.name, tree] as const];
      }),
    ),
  };
  return withServerNames(resolved, listAliases(resolved, roots));
}

function resolvePlace({ root, name }: TreePlace, roots: readonly OpenRoot[]): TreePlace {
  const fd = roots.find(({ path }) => path === root)?.fd;
  const target = fd === undefined ? undefined : readAliasTarget(fd, name);
  return { root, name: target !== undefined && isName(target) ? target : name };
}

function listAliases(
  table: AddressTable,
  roots: readonly OpenRoot[],
): readonly (readonly [name: DomainName, place: TreePlace])[] {
  const trees = new Map([...table.byName.values()].map((place) => [`${place.root}/${place.name}`, place]));
  return roots.flatMap(({ path, fd }) =>
    listNames(path).flatMap((name) => {
      if (!isName(name)) return [];
      const place = trees.get(`${path}/${readAliasTarget(fd, name) ?? ''}`);
      return place === undefined ? [] : [[name, place] as const];
    }),
  );
}

function listNames(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map(({ name }) => name);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function isName(text: string): text is DomainName {
  return whyNotDomainName(text) === undefined && /^[a-z0-9.-]+$/u.test(text);
}
