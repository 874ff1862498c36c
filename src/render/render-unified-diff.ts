export interface DiffText {
  /** Shown behind `---` or `+++`. */
  readonly name: string;
  readonly text: string;
}

/** Texts with more lines than this are not compared line by line. */
export const mostDiffLines = 5000;

const context = 3;

/**
 * The lines of a unified diff from `before` to `after` (diff(1), -u) without times; empty when they are equal, undefined
 * when one has more than `mostDiffLines` lines. It can be patched with; where the texts have little in common it is not
 * the shortest there is.
 */
export function renderUnifiedDiff(before: DiffText, after: DiffText): readonly string[] | undefined {
  if (before.text === after.text) return [];
  const [old, fresh] = [splitLines(before.text), splitLines(after.text)];
  if (Math.max(old.length, fresh.length) > mostDiffLines) return undefined;
  const edits = compareLines(old, fresh);
  return [`--- ${before.name}`, `+++ ${after.name}`, ...hunksOf(edits).flatMap(renderHunk)];
}

/** Lines with their line break, so that a last line without one differs from one with it. */
function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
}

interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
  /** How many lines of the two texts stand before it. */
  readonly oldAt: number;
  readonly newAt: number;
}

function compareLines(old: readonly string[], fresh: readonly string[]): readonly Edit[] {
  const shorter = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < shorter && old[start] === fresh[start]) start++;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === fresh.at(-1 - end)) end++;
  const middle = findCommon(old.slice(start, old.length - end), fresh.slice(start, fresh.length - end));
  const common: Match[] = [
    ...Array.from({ length: start }, (_, index): Match => [index, index]),
    ...middle.map(([a, b]): Match => [a + start, b + start]),
    ...Array.from(
      { length: end },
      (_, index): Match => [old.length - end + index, fresh.length - end + index],
    ),
  ];
  return editsBetween(old, fresh, common);
}

/** Places of a line that both texts have. */
type Match = readonly [old: number, fresh: number];

/** More differences than this cost more to match up than they help a reader. */
const mostDifferences = 1000;

/** A longest common subsequence (E. Myers, An O(ND) Difference Algorithm, 1986); none beyond `mostDifferences`. */
function findCommon(old: readonly string[], fresh: readonly string[]): readonly Match[] {
  const most = Math.min(old.length + fresh.length, mostDifferences);
  const trace: Int32Array[] = [];
  let ends = new Int32Array(2 * most + 3);
  const middle = most + 1;
  for (let depth = 0; depth <= most; depth++) {
    trace.push(ends.slice(middle - depth - 1, middle + depth + 2));
    const next = ends.slice();
    for (let diagonal = -depth; diagonal <= depth; diagonal += 2) {
      let at = stepOn(ends, middle + diagonal, diagonal, depth);
      while (at < old.length && at - diagonal < fresh.length && old[at] === fresh[at - diagonal]) at++;
      next[middle + diagonal] = at;
      if (at >= old.length && at - diagonal >= fresh.length) return walkBack(trace, old.length, fresh.length);
    }
    ends = next;
  }
  return [];
}

/** Where a path on a diagonal begins: one line taken away, or one added, from the farther of its two neighbours. */
function stepOn(ends: Int32Array, index: number, diagonal: number, depth: number): number {
  const added = ends[index + 1] ?? 0;
  const taken = (ends[index - 1] ?? 0) + 1;
  if (depth === 0) return 0;
  return diagonal === -depth || (diagonal !== depth && taken <= added) ? added : taken;
}

function walkBack(trace: readonly Int32Array[], oldLength: number, freshLength: number): readonly Match[] {
  const matches: Match[] = [];
  let [at, other] = [oldLength, freshLength];
  for (let depth = trace.length - 1; depth > 0; depth--) {
    const ends = trace[depth] ?? new Int32Array();
    const diagonal = at - other;
    const index = diagonal + depth + 1;
    const isAdded =
      diagonal === -depth || (diagonal !== depth && (ends[index - 1] ?? 0) + 1 <= (ends[index + 1] ?? 0));
    const from = isAdded ? diagonal + 1 : diagonal - 1;
    const begin = ends[from + depth + 1] ?? 0;
    while (at > begin + (isAdded ? 0 : 1)) matches.push([--at, --other]);
    at = begin;
    other = begin - from;
  }
  while (at > 0) matches.push([--at, --other]);
  return matches.reverse();
}

function editsBetween(
  old: readonly string[],
  fresh: readonly string[],
  common: readonly Match[],
): readonly Edit[] {
  const edits: Edit[] = [];
  let [oldAt, newAt] = [0, 0];
  for (const [a, b] of [...common, [old.length, fresh.length] as const]) {
    for (; oldAt < a; oldAt++) edits.push({ sign: '-', line: old[oldAt] ?? '', oldAt, newAt });
    for (; newAt < b; newAt++) edits.push({ sign: '+', line: fresh[newAt] ?? '', oldAt, newAt });
    if (a < old.length) edits.push({ sign: ' ', line: old[a] ?? '', oldAt: oldAt++, newAt: newAt++ });
  }
  return edits;
}

/** Changes with the lines around them; those whose surroundings meet stand in one. */
function hunksOf(edits: readonly Edit[]): readonly (readonly Edit[])[] {
  const hunks: { start: number; end: number }[] = [];
  for (const [index, { sign }] of edits.entries()) {
    if (sign === ' ') continue;
    const last = hunks.at(-1);
    const end = Math.min(edits.length, index + context + 1);
    if (last !== undefined && index - context <= last.end) last.end = end;
    else hunks.push({ start: Math.max(0, index - context), end });
  }
  return hunks.map(({ start, end }) => edits.slice(start, end));
}

function renderHunk(hunk: readonly Edit[]): readonly string[] {
  const [first] = hunk;
  if (first === undefined) return [];
  const head = `@@ -${rangeOf(hunk, '-', first.oldAt)} +${rangeOf(hunk, '+', first.newAt)} @@`;
  return [
    head,
    ...hunk.flatMap(({ sign, line }) =>
      line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, '\\ No newline at end of file'],
    ),
  ];
}

/** The first line, counted from 1, and how many; a range of none is named by the line before it. */
function rangeOf(hunk: readonly Edit[], sign: '-' | '+', before: number): string {
  const count = hunk.filter((edit) => edit.sign === ' ' || edit.sign === sign).length;
  const start = count === 0 ? before : before + 1;
  return count === 1 ? String(start) : `${start},${count}`;
}
