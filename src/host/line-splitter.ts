/** Cuts text that comes in pieces into lines. A line longer than `longest` is left out whole, and never kept. */
export class LineSplitter {
  readonly #longest: number;
  readonly #onLine: (line: string) => void;
  #line = '';
  #isTooLong = false;

  constructor(longest: number, onLine: (line: string) => void) {
    this.#longest = longest;
    this.#onLine = onLine;
  }

  /** What comes behind the last line break waits for the next piece. */
  add(text: string): void {
    const parts = text.split('\n');
    for (const [index, part] of parts.entries()) {
      this.#isTooLong ||= this.#line.length + part.length > this.#longest;
      this.#line = this.#isTooLong ? '' : this.#line + part;
      if (index < parts.length - 1) this.#endLine();
    }
  }

  #endLine(): void {
    if (!this.#isTooLong) this.#onLine(this.#line);
    this.#line = '';
    this.#isTooLong = false;
  }
}
