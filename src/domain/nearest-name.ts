/**
 * The name among `known` that `text` was most likely meant to be: the fewest single-letter edits (Levenshtein),
 * at most a third of the word, and one. undefined when nothing is near. The first of equals wins.
 */
export function nearestName(text: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(text.length / 3));
  let best: string | undefined;
  let bestEdits = limit + 1;
  for (const name of known) {
    // A word much longer or shorter is never near, and is not worth the product of the lengths.
    if (Math.abs(name.length - text.length) >= bestEdits) continue;
    const edits = countEdits(text, name);
    if (edits < bestEdits) [best, bestEdits] = [name, edits];
  }
  return best;
}

function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 1; at <= from.length; at++) {
    const next = [at];
    for (let other = 1; other <= to.length; other++) {
      const change = (row[other - 1] ?? 0) + (from[at - 1] === to[other - 1] ? 0 : 1);
      next.push(Math.min(change, (row[other] ?? 0) + 1, (next[other - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
