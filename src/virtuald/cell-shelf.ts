import { type Cell, closeCell } from '../engine/make-cell.ts';
import { type OwnerFacts, readOwner } from '../linux/stat-at.ts';
import type { CellPlace, FromAcceptor } from './acceptor-messages.ts';
import type { Launcher } from './launcher.ts';

/** What waits for a cell hears of it, or of why there is none. */
type Use = (cell: Cell | string) => void;

/** For how long a tree is not tried again of which no cell could be made. */
const restMs = 1000;

interface Missing {
  readonly place: OwnerFacts['place'];
  readonly why: string;
  readonly until: number;
}

/** The cells the accepting thread has, and those it waits for. */
export class CellShelf {
  readonly #cells = new Map<string, Cell>();
  readonly #waiting = new Map<string, Use[]>();
  /** What directories were when a cell was asked for, and why there was none. */
  readonly #missing = new Map<string, Missing>();
  readonly #roots: ReadonlyMap<string, number>;
  readonly #say: (message: FromAcceptor) => void;
  readonly #launcher: Launcher;

  constructor(roots: ReadonlyMap<string, number>, launcher: Launcher, say: (message: FromAcceptor) => void) {
    this.#roots = roots;
    this.#launcher = launcher;
    this.#say = say;
  }

  /** Calls `use` with the cell of a tree that is still the one it was made of, at once or when it has come. */
  take(place: CellPlace, use: Use): void {
    const found = readOwner(this.#roots.get(place.root) ?? -1, place.name);
    const wrong = whatIsWrong(found);
    if (found === undefined || wrong !== undefined) {
      use(wrong ?? 'the tree is missing');
      return;
    }
    const key = keyOf(place);
    const cell = this.#cells.get(key);
    if (cell !== undefined && isSame(cell.place, found.place)) {
      use(cell);
      return;
    }
    this.#drop(key);
    const missing = this.#missing.get(key);
    if (missing !== undefined && isSame(missing.place, found.place) && performance.now() < missing.until) {
      use(missing.why);
      return;
    }
    const others = this.#waiting.get(key);
    if (others !== undefined) {
      others.push(use);
      return;
    }
    this.#waiting.set(key, [use]);
    this.#missing.set(key, { place: found.place, why: '', until: 0 });
    this.#say({ type: 'want-cell', place });
  }

  put(place: CellPlace, cell: Cell): void {
    const key = keyOf(place);
    this.#drop(key);
    this.#cells.set(key, cell);
    this.#missing.delete(key);
    this.#answer(key, cell);
  }

  miss(place: CellPlace, why: string): void {
    const key = keyOf(place);
    const asked = this.#missing.get(key);
    if (asked) this.#missing.set(key, { ...asked, why, until: performance.now() + restMs });
    this.#answer(key, why);
  }

  /** Gives back the cells of all other places: as long as there is one, a tree that was removed takes its room on the disk. */
  keep(places: Iterable<CellPlace>): void {
    const kept = new Set([...places].map(keyOf));
    for (const key of [...this.#cells.keys()]) if (!kept.has(key)) this.#drop(key);
    this.#missing.clear();
  }

  #drop(key: string): void {
    const cell = this.#cells.get(key);
    if (cell === undefined) return;
    this.#cells.delete(key);
    this.#launcher.whenUnused(() => closeCell(cell));
  }

  #answer(key: string, cell: Cell | string): void {
    const uses = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    for (const use of uses) use(cell);
  }
}

/** As `openTree` has it, without opening: this is done for each connection. */
function whatIsWrong(found: OwnerFacts | undefined): string | undefined {
  if (found === undefined) return 'the tree is missing';
  if (!found.isDirectory) return 'the tree is a link or a file, not a directory';
  if (found.uid !== 0) return `the tree belongs to user ${found.uid}, not to root`;
  return (found.mode & 0o022) === 0 ? undefined : 'others than root may write to the tree';
}

function isSame(a: OwnerFacts['place'], b: OwnerFacts['place']): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}

const keys = new WeakMap<CellPlace, string>();

/** Tables have one object for a place, so that this mostly finds it made. */
function keyOf(place: CellPlace): string {
  let key = keys.get(place);
  if (key === undefined) {
    key = `${place.root}/${place.name}`;
    keys.set(place, key);
  }
  return key;
}
