import { type Cell, makeCell } from '../engine/make-cell.ts';
import { openTreesRoot } from '../engine/open-root.ts';
import type { CellPlace } from './acceptor-messages.ts';

/** Hears of each cell, or of why there is none. */
export type TellCell = (place: CellPlace, result: Cell | string) => void;

/** Makes cells: those that a connection waits for at once, the others one by one while there is nothing else to do. */
export class CellMaker {
  readonly #tell: TellCell;
  #ahead: CellPlace[] = [];
  #timer: NodeJS.Immediate | undefined;
  readonly #made = new Set<string>();

  constructor(tell: TellCell) {
    this.#tell = tell;
  }

  make(place: CellPlace): void {
    this.#made.add(keyOf(place));
    try {
      using root = openTreesRoot(place.root, { make: false });
      this.#tell(place, makeCell(root, place.name));
    } catch (error) {
      if (!Error.isError(error)) throw error;
      this.#tell(place, error.message);
    }
  }

  /** These will be needed; those that were made before are left as they are, for they are looked at when they are used. */
  prepare(places: Iterable<CellPlace>): void {
    const all = new Map([...places].map((place) => [keyOf(place), place]));
    for (const key of this.#made) if (!all.has(key)) this.#made.delete(key);
    this.#ahead = [...all].filter(([key]) => !this.#made.has(key)).map(([, place]) => place);
    this.#goOn();
  }

  stop(): void {
    this.#ahead = [];
    clearImmediate(this.#timer);
  }

  #goOn(): void {
    clearImmediate(this.#timer);
    this.#timer = setImmediate(() => {
      const place = this.#ahead.shift();
      if (place === undefined) return;
      if (!this.#made.has(keyOf(place))) this.make(place);
      this.#goOn();
    });
  }
}

function keyOf({ root, name }: CellPlace): string {
  return `${root}/${name}`;
}
