import { takeWidth, textWidth } from './text-width.ts';

/** `text` in lines of at most `width` columns, broken at spaces; a longer word is broken where it must be. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => breakWord(each, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** Two columns: a term of at most `termWidth` columns, its text beside it, or below where the term is longer. */
export function describeTerm(
  term: string,
  text: string,
  termWidth: number,
  width: number,
): readonly string[] {
  const lines = wrapText(text, Math.max(20, width - termWidth - 4));
  const indent = ' '.repeat(termWidth + 4);
  const fits = textWidth(term) <= termWidth;
  const first = fits ? `  ${term}${' '.repeat(termWidth - textWidth(term) + 2)}${lines[0]}` : `  ${term}`;
  return [first, ...(fits ? lines.slice(1) : lines).map((line) => indent + line)].map((line) =>
    line.trimEnd(),
  );
}

function breakWord(word: string, width: number): string[] {
  const parts: string[] = [];
  let rest = word;
  while (textWidth(rest) > width) {
    // At least one character, or a wide one in a column of one would never end.
    const part = takeWidth(rest, width) || takeWidth(rest, 2) || rest;
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return rest === '' && parts.length > 0 ? parts : [...parts, rest];
}
