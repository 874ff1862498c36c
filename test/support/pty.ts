import { stripVTControlCharacters } from 'node:util';
import type { TerminalRun } from './on-terminal.ts';

export const enter = '\r';
export const down = '\u001b[B';
export const ctrlC = '\u0003';
export const esc = '\u001b';

/** All that was drawn, as text: colours and movements left out, what was drawn twice is there twice. */
export function textOn(run: TerminalRun): string {
  return stripVTControlCharacters(run.screen()).replaceAll('\r', '');
}

/** Whether the cursor was left visible. */
export function isCursorShown(run: TerminalRun): boolean {
  return run.screen().lastIndexOf('\u001b[?25h') >= run.screen().lastIndexOf('\u001b[?25l');
}

/** Answers questions in their order, each only once it is drawn behind what was there when the one before was answered. */
export async function answer(
  run: TerminalRun,
  answers: readonly (readonly [question: string, keys: string])[],
): Promise<void> {
  let seen = 0;
  for (const [question, keys] of answers) {
    await showsText(run, question, seen);
    seen = textOn(run).length;
    run.type(keys);
  }
}

/** Waits until `text` is drawn, whatever its colours, behind the first `seen` characters of `textOn`. */
export async function showsText(run: TerminalRun, text: string, seen = 0): Promise<void> {
  let isOver = false;
  const over = run.ended().then(() => {
    isOver = true;
  });
  while (!textOn(run).slice(seen).includes(text)) {
    if (isOver) throw new Error(`${text} is not on the screen: ${textOn(run).slice(seen)}`);
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 10))]);
  }
}
