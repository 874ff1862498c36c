import { describe, expect, test } from 'vitest';
import { compareEntries, isSameEntry } from '../../../src/manifest/compare-entries.ts';
import { entryOf, storeKeyOf } from '../../../src/manifest/entry-of.ts';
import type { ManifestEntry } from '../../../src/manifest/manifest.ts';
import { treePath } from '../../../src/manifest/tree-path.ts';

const dir = entry({ type: 'dir', path: 'usr/lib', mode: '0755', uid: 0, gid: 0 });
const file = entry({ type: 'file', path: 'usr/lib/a', mode: '4755', uid: 0, gid: 5, sha256: 'ab', size: 2 });
const link = entry({ type: 'symlink', path: 'aa', target: 'usr/lib/a' });

describe('compareEntries', () => {
  test('has folders first, links behind what they lead to, and what goes from the bottom up', () => {
    const grown = compareEntries([], [link, file, dir]);
    expect(grown.map(({ path }) => path)).toEqual(['usr/lib', 'usr/lib/a', 'aa']);
    const gone = compareEntries([dir, file, link], []);
    expect(gone.map(({ path }) => path)).toEqual(['usr/lib/a', 'usr/lib', 'aa']);
  });

  test('finds nothing between equal lists, whatever is said of why and where from', () => {
    const after = [dir, { ...file, why: 'another', from: '/usr/lib/b', needs: [] }];
    expect(compareEntries([dir, file], after)).toEqual([]);
  });

  test.each<Partial<ManifestEntry>>([
    { mode: '0755' },
    { uid: 1 },
    { gid: 1 },
    { sha256: 'cd' },
    { size: 3 },
    { shared: true },
    { type: 'device' },
    { target: 'x' },
    { to: '/x' },
    { major: 1 },
    { minor: 1 },
  ])('finds %j', (difference) => {
    expect(isSameEntry(file, { ...file, ...difference })).toBe(false);
  });
});

describe('entryOf', () => {
  test('keeps the set-id bits for the tree, and not for the store', () => {
    expect(entryOf(file)).toMatchObject({
      type: 'file',
      mode: 0o4755,
      owner: { uid: 0, gid: 5 },
      shared: false,
    });
    expect(storeKeyOf(file)).toEqual({ sha256: 'ab', mode: 0o755 });
  });

  test('gives back folders, links, sockets and devices', () => {
    expect(entryOf(dir)).toMatchObject({ type: 'dir', mode: 0o755 });
    expect(entryOf(link)).toMatchObject({ type: 'symlink', target: 'usr/lib/a' });
    expect(entryOf(entry({ type: 'hardlink', path: 'dev/log', to: '/virtual/log' }))).toMatchObject({
      to: '/virtual/log',
    });
    const device = entry({
      type: 'device',
      path: 'dev/null',
      mode: '0666',
      uid: 0,
      gid: 0,
      major: 1,
      minor: 3,
    });
    expect(entryOf(device)).toMatchObject({ mode: 0o666, major: 1, minor: 3 });
  });
});

function entry(
  given: Omit<ManifestEntry, 'path' | 'section' | 'why'> & { readonly path: string },
): ManifestEntry {
  return { section: 'programs', why: 'a test', ...given, path: treePath(given.path) };
}
