import { describe, expect, it } from 'vitest';
import { countEntries } from '../../../src/manifest/count-entries.ts';
import { explainEntry } from '../../../src/manifest/explain-entry.ts';
import type { ManifestEntry } from '../../../src/manifest/manifest.ts';
import { chainInManifest, resolveInManifest } from '../../../src/manifest/resolve-in-manifest.ts';
import { treePath } from '../../../src/manifest/tree-path.ts';

const entries = tree(
  ['dir', 'usr'],
  ['dir', 'usr/bin'],
  ['dir', 'usr/lib'],
  ['symlink', 'bin', 'usr/bin'],
  ['symlink', 'lib', '/usr/lib'],
  ['file', 'usr/bin/ls', ['lib/libc.so.6', 'usr/lib/libsel.so.1']],
  ['file', 'usr/bin/cat', ['usr/lib/libc.so.6']],
  ['symlink', 'usr/lib/libsel.so.1', 'libsel.so.1.2'],
  ['file', 'usr/lib/libsel.so.1.2', ['usr/lib/libc.so.6']],
  ['file', 'usr/lib/libc.so.6', []],
  ['symlink', 'loop', 'loop2'],
  ['symlink', 'loop2', 'loop'],
  ['symlink', 'up', '../../../usr/bin/ls'],
  ['symlink', 'out', '/no/such'],
);

describe('resolveInManifest', () => {
  it.each([
    ['bin/ls', 'usr/bin/ls'],
    ['/bin/ls', 'usr/bin/ls'],
    ['//bin/./ls/', 'usr/bin/ls'],
    ['lib/libc.so.6', 'usr/lib/libc.so.6'],
    ['bin/../lib/libc.so.6', 'usr/lib/libc.so.6'],
    ['../../usr/bin/cat', 'usr/bin/cat'],
    ['up', 'usr/bin/ls'],
    ['usr/lib/libsel.so.1', 'usr/lib/libsel.so.1.2'],
    ['not/there', 'not/there'],
    ['out/x', 'no/such/x'],
    ['/', ''],
  ])('leads %s to %s', (path, wanted) => {
    expect(resolveInManifest(entries, path, 'follow')).toBe(wanted);
  });

  it('keeps a link in the last place when asked to', () => {
    expect(resolveInManifest(entries, 'lib/libsel.so.1', 'keep')).toBe('usr/lib/libsel.so.1');
  });

  it('gives up at a loop', () => {
    expect(resolveInManifest(entries, 'loop/x', 'follow')).toBeUndefined();
    expect(chainInManifest(entries, 'loop')).toEqual(['loop', 'loop2']);
  });
});

describe('explainEntry', () => {
  it('finds what needs a library by any name of it', () => {
    expect(explainEntry(entries, '/lib/libc.so.6')).toMatchObject({
      entry: { path: 'usr/lib/libc.so.6' },
      neededBy: ['usr/bin/ls', 'usr/bin/cat', 'usr/lib/libsel.so.1.2'],
    });
    expect(explainEntry(entries, 'usr/lib/libsel.so.1.2')?.neededBy).toEqual(['usr/bin/ls']);
    expect(explainEntry(entries, 'usr/lib/libsel.so.1')?.neededBy).toEqual(['usr/bin/ls']);
  });

  it('says where a link leads, when that is in the tree', () => {
    expect(explainEntry(entries, 'up')?.leadsTo).toBe('usr/bin/ls');
    expect(explainEntry(entries, 'out')?.leadsTo).toBeUndefined();
  });

  it.each(['usr/bin/vi', 'loop/x', ''])('knows nothing of %j', (path) => {
    expect(explainEntry(entries, path)).toBeUndefined();
  });
});

describe('countEntries', () => {
  const some = [
    make('dir', 'a'),
    { ...make('file', 'a/own'), size: 5 },
    { ...make('file', 'a/shared'), size: 100, shared: true },
    make('symlink', 'a/link'),
    make('hardlink', 'a/log'),
    make('device', 'a/null'),
  ];

  it.each([
    ['hardlink', 4, 5, 100],
    ['reflink', 5, 5, 100],
    ['copy', 5, 105, 0],
  ] as const)('knows what is a tree’s own with %s', (link, ownInodes, ownBytes, sharedBytes) => {
    expect(countEntries(some, link)).toMatchObject({ entries: 6, ownInodes, ownBytes, sharedBytes });
  });
});

function make(type: ManifestEntry['type'], path: string): ManifestEntry {
  return { type, path: treePath(path), section: 'programs', why: 'a test' };
}

type Row =
  | readonly ['dir', string]
  | readonly ['symlink', string, string]
  | readonly ['file', string, readonly string[]];

function tree(...rows: readonly Row[]): ReadonlyMap<string, ManifestEntry> {
  return new Map(
    rows.map((row) => {
      const entry = make(row[0], row[1]);
      if (row[0] === 'symlink') return [row[1], { ...entry, target: row[2] }];
      if (row[0] === 'file') return [row[1], { ...entry, needs: row[2].map(treePath) }];
      return [row[1], entry];
    }),
  );
}
