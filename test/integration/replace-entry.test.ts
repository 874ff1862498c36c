import { hash } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { HeldTree } from '../../src/engine/held-tree.ts';
import { replaceEntry } from '../../src/engine/replace-entry.ts';
import { Store } from '../../src/engine/store.ts';
import type { Entry } from '../../src/manifest/entry.ts';
import { treePath } from '../../src/manifest/tree-path.ts';
import { needs } from '../support/needs.ts';
import { type Sandbox, sandboxTest as test } from '../support/trees-root.ts';

const root = { uid: 0, gid: 0 };
const bob = { uid: 1234, gid: 2345 };

describe.runIf(needs('root'))('replaceEntry', () => {
  test('puts what is there already, and then another one', ({ sandbox }) => {
    using at = openIn(sandbox);
    const [one, two] = [at.shared('file', 'one'), at.shared('other', 'two')];
    // The second time both names are of one inode, which rename(2) leaves as they are.
    expect([one, one, two, one].map((entry) => at.replace(entry))).toEqual([true, true, true, true]);
    expect(readFileSync(at.path('file'), 'utf8')).toBe('one');
    expect(readFileSync(at.path('other'), 'utf8')).toBe('two');
  });

  test('takes the place of a link, a file or an empty folder, and follows nothing', ({ sandbox }) => {
    using at = openIn(sandbox);
    writeFileSync(join(sandbox.base, 'outside'), 'outside');
    symlinkSync(join(sandbox.base, 'outside'), at.path('link'));
    writeFileSync(at.path('old'), 'old');
    mkdirSync(at.path('empty'));
    for (const name of ['link', 'old', 'empty']) {
      expect(at.replace(at.shared(name, 'new'))).toBe(true);
      expect(lstatSync(at.path(name)).isFile()).toBe(true);
      expect(readFileSync(at.path(name), 'utf8')).toBe('new');
    }
    expect(readFileSync(join(sandbox.base, 'outside'), 'utf8')).toBe('outside');
  });

  test('leaves a folder that holds something, and nothing in the stage', ({ sandbox }) => {
    using at = openIn(sandbox);
    mkdirSync(at.path('full'));
    writeFileSync(at.path('full/letter'), 'mine');
    expect(at.replace(at.shared('full', 'new'))).toBe(false);
    expect(readFileSync(at.path('full/letter'), 'utf8')).toBe('mine');
    expect(readdirSync(join(sandbox.disk, 'stage'))).toEqual([]);
  });

  test('goes through no link, and says that it could not', ({ sandbox }) => {
    using at = openIn(sandbox);
    mkdirSync(join(sandbox.disk, 'elsewhere'));
    symlinkSync(join(sandbox.disk, 'elsewhere'), at.path('way'));
    expect(at.replace(at.shared('way/file', 'new'))).toBe(false);
    expect(at.replace({ type: 'dir', path: treePath('way/dir'), mode: 0o755, owner: root, why: 'x' })).toBe(
      false,
    );
    expect(readdirSync(join(sandbox.disk, 'elsewhere'))).toEqual([]);
  });

  test('gives a folder its owner and mode, in the place of a file or of a link too', ({ sandbox }) => {
    using at = openIn(sandbox);
    mkdirSync(at.path('there'), { mode: 0o777 });
    writeFileSync(at.path('there/letter'), 'mine');
    writeFileSync(at.path('file'), 'old');
    symlinkSync('there', at.path('link'));
    for (const name of ['there', 'file', 'link', 'new']) {
      const entry: Entry = { type: 'dir', path: treePath(name), mode: 0o2750, owner: bob, why: 'x' };
      expect(at.replace(entry)).toBe(true);
      expect(lstatSync(at.path(name))).toMatchObject({ mode: 0o42750, ...bob });
    }
    expect(readFileSync(at.path('there/letter'), 'utf8')).toBe('mine');
  });

  test('makes links, and files of its own with set-id bits', ({ sandbox }) => {
    using at = openIn(sandbox);
    writeFileSync(at.path('link'), 'old');
    expect(at.replace({ type: 'symlink', path: treePath('link'), target: '../../x', why: 'x' })).toBe(true);
    expect(readlinkSync(at.path('link'))).toBe('../../x');
    const source = { text: 'own' };
    const own: Entry = {
      ...at.shared('own', ''),
      type: 'file',
      source,
      shared: false,
      mode: 0o6750,
      owner: bob,
    };
    expect(at.replace(own)).toBe(true);
    expect(lstatSync(at.path('own'))).toMatchObject({ mode: 0o106750, nlink: 1, ...bob });
  });
});

/** A tree, a stage and a store on one disk. */
function openIn({ disk }: Sandbox) {
  const umask = process.umask(0);
  const [treeFd, stageFd, storeFd] = ['tree', 'stage', 'store'].map((name) => {
    mkdirSync(join(disk, name), { mode: 0o755 });
    return openSync(join(disk, name), 'r');
  }) as [number, number, number];
  const store = new Store(storeFd);
  const tree = new HeldTree(treeFd, { mounts: 'refused' });
  const keys = new Map<Entry, { readonly sha256: string; readonly mode: number }>();
  const keyOf = (entry: Entry) => keys.get(entry) ?? { sha256: '', mode: 0 };
  return {
    path: (name: string) => join(disk, 'tree', name),
    shared: (name: string, text: string) => {
      const entry = { type: 'file', path: treePath(name), mode: 0o644, owner: root, why: 'x' } as const;
      const shared: Entry = { ...entry, source: { copyOf: '/x' }, shared: true };
      keys.set(shared, { sha256: hash('sha256', text), mode: 0o644 });
      store.addBytes(keyOf(shared), Buffer.from(text));
      return shared;
    },
    replace: (entry: Entry) =>
      replaceEntry(entry, tree, { stageFd, filling: { store, link: 'hardlink', keyOf } }),
    [Symbol.dispose]: () => {
      tree[Symbol.dispose]();
      for (const fd of [stageFd, storeFd]) closeSync(fd);
      process.umask(umask);
    },
  };
}
