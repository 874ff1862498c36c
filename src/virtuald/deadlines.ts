/** Something that is to happen once a time has come, unless it is called off before. */
export interface Deadline {
  readonly at: number;
  /** Undefined once it was called off. */
  act: (() => void) | undefined;
}

/** What is to happen when, in the order of time: a binary heap. Times are milliseconds of one clock. */
export class Deadlines {
  #heap: Deadline[] = [];
  /** So many of them are too many to keep those among them that were called off. */
  #most = 1024;

  /** To call it off, take its `act` away. */
  add(at: number, act: () => void): Deadline {
    const deadline: Deadline = { at, act };
    if (this.#heap.length >= this.#most) this.#sweep();
    const heap = this.#heap;
    let index = heap.push(deadline) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const other = heap[above];
      if (other === undefined || other.at <= at) break;
      heap[index] = other;
      index = above;
    }
    heap[index] = deadline;
    return deadline;
  }

  /** How many are kept, some of those called off among them. */
  get size(): number {
    return this.#heap.length;
  }

  /** When the next one is due; undefined when there is none. */
  next(): number | undefined {
    this.#dropCalledOff();
    return this.#heap[0]?.at;
  }

  /** Does all that is due. */
  run(now: number): void {
    for (;;) {
      this.#dropCalledOff();
      const [first] = this.#heap;
      if (first === undefined || first.at > now) return;
      this.#takeFirst();
      first.act?.();
    }
  }

  /** A time limit of hours would else keep all that came and went within them. Seldom enough that it costs nothing. */
  #sweep(): void {
    // In order, it is a heap.
    this.#heap = this.#heap.filter(({ act }) => act !== undefined).toSorted((a, b) => a.at - b.at);
    this.#most = Math.max(1024, 2 * this.#heap.length);
  }

  #dropCalledOff(): void {
    while (this.#heap.length > 0 && this.#heap[0]?.act === undefined) this.#takeFirst();
  }

  #takeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      if (right !== undefined && right.at < left.at) below += 1;
      const smaller = heap[below];
      if (smaller === undefined || smaller.at >= last.at) break;
      heap[index] = smaller;
      index = below;
    }
    heap[index] = last;
  }
}
