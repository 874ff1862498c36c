import { describe, expect, it } from 'vitest';
import { mostDiffLines, renderUnifiedDiff } from '../../../src/render/render-unified-diff.ts';

describe('renderUnifiedDiff', () => {
  it('says nothing of equal texts', () => {
    expect(diff('a\nb\n', 'a\nb\n')).toEqual([]);
  });

  it('shows three lines around a change', () => {
    const text = lines(1, 12);
    expect(diff(text, text.replace('6\n', 'six\nmore\n'))).toEqual([
      '--- old',
      '+++ new',
      '@@ -3,7 +3,8 @@',
      ' 3',
      ' 4',
      ' 5',
      '-6',
      '+six',
      '+more',
      ' 7',
      ' 8',
      ' 9',
    ]);
  });

  it('puts changes that are far apart into hunks of their own', () => {
    const text = lines(1, 30);
    const hunks = diff(text, text.replace('2\n', 'x\n').replace('29\n', 'y\n')) ?? [];
    expect(hunks.filter((line) => line.startsWith('@@'))).toEqual(['@@ -1,5 +1,5 @@', '@@ -26,5 +26,5 @@']);
  });

  it('says which text lacks the last line break', () => {
    expect(diff('a\nb', 'a\nb\n')?.slice(2)).toEqual([
      '@@ -1,2 +1,2 @@',
      ' a',
      '-b',
      '\\ No newline at end of file',
      '+b',
    ]);
  });

  it('names the place of lines added to nothing', () => {
    expect(diff('', 'a\n')).toEqual(['--- old', '+++ new', '@@ -0,0 +1 @@', '+a']);
    expect(diff('a\n', '')).toEqual(['--- old', '+++ new', '@@ -1 +0,0 @@', '-a']);
  });

  it('gives up on texts of more lines than it takes', () => {
    expect(diff(lines(0, mostDiffLines), 'x\n')).toBeUndefined();
    expect(diff(lines(1, mostDiffLines), 'x\n')).toBeDefined();
  });

  it('replaces all where two long texts have little in common', () => {
    const [old, fresh] = [lines(1, 3000), lines(5000, 7999)];
    const edits = diff(old, fresh) ?? [];
    expect(edits.filter((line) => line.startsWith('-')).length).toBe(3001);
    expect(edits.filter((line) => line.startsWith('+')).length).toBe(3001);
  });

  it('holds all it takes to make the one text of the other', () => {
    const random = seeded(7);
    for (let round = 0; round < 60; round++) {
      const [old, fresh] = [randomText(random), randomText(random)];
      expect(patched(old, diff(old, fresh) ?? [])).toBe(fresh);
    }
  });

  it('finds no more changes than there are', () => {
    const random = seeded(3);
    for (let round = 0; round < 50; round++) {
      const [old, fresh] = [randomText(random), randomText(random)];
      const changed = (diff(old, fresh) ?? []).slice(2).filter((line) => /^[-+]/u.test(line)).length;
      expect(changed).toBe(fewestChanges(splitLines(old), splitLines(fresh)));
    }
  });
});

function diff(before: string, after: string) {
  return renderUnifiedDiff({ name: 'old', text: before }, { name: 'new', text: after });
}

function lines(first: number, last: number): string {
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}\n`).join('');
}

/** `old` changed as the lines of a diff say; every line that stays or goes must be where the diff has it. */
function patched(old: string, edits: readonly string[]): string {
  const rest = [...splitLines(old)];
  const made: string[] = [];
  let at = 0;
  for (const [index, edit] of edits.entries()) {
    if (index < 2 || edit.startsWith('\\')) continue;
    if (edit.startsWith('@@')) {
      const kept = linesBefore(edit) - at;
      made.push(...rest.splice(0, kept));
      at += kept;
      continue;
    }
    const line = edits[index + 1]?.startsWith('\\') ? edit.slice(1) : `${edit.slice(1)}\n`;
    if (!edit.startsWith('+')) {
      expect(rest.shift()).toBe(line);
      at++;
    }
    if (!edit.startsWith('-')) made.push(line);
  }
  return [...made, ...rest].join('');
}

/** A range of no line is named by the line before it. */
function linesBefore(head: string): number {
  const [, first = '', count] = /^@@ -(\d+)(?:,(\d+))? /u.exec(head) ?? [];
  return count === '0' ? Number(first) : Number(first) - 1;
}

function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
}

/** By the table of all beginnings. */
function fewestChanges(a: readonly string[], b: readonly string[]): number {
  let row = b.map((_, index) => index + 1);
  row.unshift(0);
  for (const [i, line] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries())
      next.push(line === other ? (row[j] ?? 0) : 1 + Math.min(row[j + 1] ?? 0, next[j] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}

function randomText(random: () => number): string {
  const text = Array.from({ length: Math.floor(random() * 25) }, () => 'abcd'[Math.floor(random() * 4)]).join(
    '\n',
  );
  return random() < 0.5 || text === '' ? text : `${text}\n`;
}

/** mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
