const windowMs = 60_000;

/** When something started within the last 60 seconds. Holds one number for each of those, and forgets older ones when asked. */
export class StartWindow {
  #times: number[] = [];
  /** Those before it are over. */
  #first = 0;

  /** How many there were in the 60 seconds up to `nowMs`. */
  count(nowMs: number): number {
    while (this.#first < this.#times.length && (this.#times[this.#first] ?? 0) <= nowMs - windowMs)
      this.#first += 1;
    // Moved seldom, so that each start is moved once or twice in all.
    if (this.#first > 64 && this.#first * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
    return this.#times.length - this.#first;
  }

  add(nowMs: number): void {
    this.#times.push(nowMs);
  }

  /** When there will be fewer than now; undefined when there is none. */
  get nextMs(): number | undefined {
    const oldest = this.#times[this.#first];
    return oldest === undefined ? undefined : oldest + windowMs;
  }

  clear(): void {
    this.#times = [];
    this.#first = 0;
  }
}
