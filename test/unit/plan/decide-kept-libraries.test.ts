import { describe, expect, test } from 'vitest';
import { compareEntries } from '../../../src/manifest/compare-entries.ts';
import type { ManifestEntry } from '../../../src/manifest/manifest.ts';
import { treePath } from '../../../src/manifest/tree-path.ts';
import { decideKeptLibraries, removesLibraries } from '../../../src/plan/decide-kept-libraries.ts';

const before = [
  link('usr/lib/liba.so.1', 'liba.so.1.2'),
  file('usr/lib/liba.so.1.2', ['usr/lib/libb.so.2']),
  file('usr/lib/libb.so.2'),
  file('usr/lib/libc.so.6'),
  file('usr/lib/libunused.so.9'),
  file('usr/bin/tool'),
];
const entries = new Map(before.map((entry) => [entry.path as string, entry]));
const changes = compareEntries(before, [file('usr/lib/libc.so.6')]);

describe('decideKeptLibraries', () => {
  test('keeps what a program of the domain asks for, the link to it, and what that needs in turn', () => {
    const kept = decideKeptLibraries(changes, entries, [
      { path: 'usr/local/bin/own', needed: ['liba.so.1', 'libc.so.6'] },
    ]);
    expect([...kept.keys()].sort()).toEqual([
      'usr/lib/liba.so.1',
      'usr/lib/liba.so.1.2',
      'usr/lib/libb.so.2',
    ]);
    expect(new Set(kept.values())).toEqual(new Set(['usr/local/bin/own']));
  });

  test('keeps nothing that nobody asks for, and no program', () => {
    expect(decideKeptLibraries(changes, entries, [{ path: 'x', needed: ['tool', 'libnone.so'] }]).size).toBe(
      0,
    );
  });
});

describe('removesLibraries', () => {
  test('is true only where a library goes', () => {
    expect(removesLibraries(changes)).toBe(true);
    expect(removesLibraries(compareEntries(before, before.slice(0, -1)))).toBe(false);
    expect(removesLibraries(compareEntries([], before))).toBe(false);
  });
});

function file(path: string, needs: readonly string[] = []): ManifestEntry {
  const owned = { mode: '0644', uid: 0, gid: 0, sha256: 'a'.repeat(64), size: 1 };
  return {
    type: 'file',
    path: treePath(path),
    section: 'programs',
    why: 'w',
    ...owned,
    needs: needs.map(treePath),
  };
}

function link(path: string, target: string): ManifestEntry {
  return { type: 'symlink', path: treePath(path), section: 'programs', why: 'w', target };
}
