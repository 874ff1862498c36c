import { padEnd, textWidth } from './text-width.ts';
import { wrapText } from './wrap-text.ts';

/** A name and what there is to say of it, a line for each text; nothing to say leaves the name out. */
export type Fact = readonly [name: string, texts: string | readonly string[] | undefined];

/** Names in one column, what is said of them in the next, in lines of at most `width` columns. */
export function describeFacts(facts: readonly Fact[], width: number): readonly string[] {
  const shown = facts
    .map(([name, texts]) => [name, typeof texts === 'string' ? [texts] : (texts ?? [])] as const)
    .filter(([, texts]) => texts.length > 0);
  const nameWidth = Math.max(0, ...shown.map(([name]) => textWidth(name)));
  const room = Math.max(20, width - nameWidth - 4);
  return shown.flatMap(([name, texts]) =>
    texts
      .flatMap((text) => wrapText(text, room))
      .map((line, index) => `  ${padEnd(index === 0 ? name : '', nameWidth)}  ${line}`),
  );
}
