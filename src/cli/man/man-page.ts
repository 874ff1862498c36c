/** A manual page as data. Text is plain: the renderer escapes it. */
export interface ManPage {
  readonly name: string;
  readonly section: 5 | 8;
  /** One line without a full stop. */
  readonly summary: string;
  readonly synopsis: readonly string[];
  readonly sections: readonly ManSection[];
  /** Other pages: `virtfs(8)`. */
  readonly seeAlso: readonly string[];
}

export interface ManSection {
  readonly title: string;
  readonly blocks: readonly ManBlock[];
}

export type ManBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'heading'; readonly text: string }
  | { readonly type: 'terms'; readonly terms: readonly (readonly [term: string, text: string])[] }
  /** Lines as they stand. */
  | { readonly type: 'code'; readonly lines: readonly string[] };

export function text(...paragraphs: readonly string[]): readonly ManBlock[] {
  return paragraphs.map((each) => ({ type: 'text', text: each }));
}

export function terms(...rows: readonly (readonly [term: string, text: string])[]): ManBlock {
  return { type: 'terms', terms: rows };
}

/** What starts in lower case as help, as a sentence. */
export function capitalize(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
