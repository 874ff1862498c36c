import { once } from 'node:events';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { HeldTree } from '../../src/engine/held-tree.ts';
import { checkNewTree, stageTree } from '../../src/engine/lay-tree.ts';
import type { Filling } from '../../src/engine/make-entry.ts';
import { putEntry } from '../../src/engine/put-entry.ts';
import { Store } from '../../src/engine/store.ts';
import type { DirEntry, Entry, FileEntry } from '../../src/manifest/entry.ts';
import { type TreePath, treePath } from '../../src/manifest/tree-path.ts';
import { needs } from '../support/needs.ts';
import { thrownBy } from '../support/thrown.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

const bob = { uid: 1234, gid: 2345 };
const root = { uid: 0, gid: 0 };

const takenBy: readonly (readonly [string, (path: string, canary: string) => void])[] = [
  ['a file', (path) => writeFileSync(path, 'x')],
  ['a folder', (path) => mkdirSync(path)],
  ['a link to a file', (path, canary) => symlinkSync(canary, path)],
  ['a link to nowhere', (path) => symlinkSync('../../nowhere', path)],
];

describe.runIf(needs('root'))('putEntry', () => {
  sandboxTest('makes a folder with its owner and all bits of its mode', ({ sandbox }) => {
    using at = openTreeIn(sandbox);
    at.put(dir('plain', 0o755));
    at.put(dir('plain/group', 0o2775, bob));
    at.put(dir('plain/group/below', 0o711));
    at.put(dir('sticky', 0o1777));
    at.put({ ...device, path: treePath('plain/group/null') });
    expect(at.look('plain/group/null')).toMatchObject(root);
    expect(at.look('plain/group')).toMatchObject({ mode: 0o42775, ...bob });
    expect(at.look('plain/group/below')).toMatchObject({ mode: 0o40711, ...root });
    expect(at.look('sticky')).toMatchObject({ mode: 0o41777, ...root });
  });

  sandboxTest('writes a file of ours with its owner, and keeps set-id bits', ({ sandbox }) => {
    using at = openTreeIn(sandbox);
    at.put(file('text', { text: 'größe\n' }, 0o640, bob));
    at.put(file('tool', { copyOf: at.hostFile('tool') }, 0o4755, bob));
    expect(readFileSync(at.path('text'), 'utf8')).toBe('größe\n');
    expect(at.look('text')).toMatchObject({ mode: 0o100640, nlink: 1, ...bob });
    expect(at.look('tool')).toMatchObject({ mode: 0o104755, nlink: 1, ...bob });
  });

  sandboxTest('gives a shared file the inode of the store, and an own file one of its own', ({ sandbox }) => {
    using at = openTreeIn(sandbox);
    const source = { copyOf: at.hostFile('tool') };
    at.put({ ...file('one', source, 0o755), shared: true });
    at.put({ ...file('two', source, 0o755), shared: true });
    at.put(file('own', source, 0o755));
    expect(at.look('one').ino).toBe(at.look('two').ino);
    expect(at.look('own').ino).not.toBe(at.look('one').ino);
    expect(at.look('own').mtimeMs).toBe(at.look('one').mtimeMs);
  });

  sandboxTest('makes a link as it stands, though it leads out or nowhere', ({ sandbox }) => {
    using at = openTreeIn(sandbox);
    at.put({ type: 'symlink', path: treePath('link'), target: '../../nowhere', why: 'x' });
    expect(readlinkSync(at.path('link'))).toBe('../../nowhere');
  });

  sandboxTest('makes a device with its numbers, mode and owner', ({ sandbox }) => {
    using at = openTreeIn(sandbox);
    at.put({
      type: 'device',
      path: treePath('tty'),
      major: 5,
      minor: 0,
      mode: 0o666,
      owner: { uid: 0, gid: 5 },
      why: 'x',
    });
    expect(at.look('tty')).toMatchObject({ mode: 0o20666, uid: 0, gid: 5, rdev: lstatSync('/dev/tty').rdev });
  });

  sandboxTest('gives a socket of the host a second name, and a link none', async ({ sandbox }) => {
    using at = openTreeIn(sandbox);
    const server = createServer().listen(join(sandbox.disk, 'log'));
    await once(server, 'listening');
    const entry = {
      type: 'hardlink',
      path: treePath('log'),
      to: join(sandbox.disk, 'log'),
      why: 'x',
    } as const;
    at.put(entry);
    expect(at.look('log').ino).toBe(lstatSync(entry.to).ino);
    expect(
      thrownBy(() => at.put({ ...entry, path: treePath('gone'), to: join(sandbox.disk, 'gone') })).code,
    ).toBe('PATH_MISSING');
    server.close();
  });

  for (const [kind, stand] of takenBy) {
    sandboxTest(`puts nothing where ${kind} stands, and through no link`, ({ sandbox }) => {
      using at = openTreeIn(sandbox);
      const canary = join(sandbox.disk, 'canary');
      writeFileSync(canary, 'safe');
      for (const entry of oneOfEach(at)) {
        stand(at.path(entry.path), canary);
        expect(
          thrownBy(() => at.put(entry)),
          entry.type,
        ).toMatchObject({ code: 'TREE_BROKEN' });
      }
      expect(readFileSync(canary, 'utf8')).toBe('safe');
      expect(readdirSync(sandbox.disk).filter((name) => name === 'nowhere')).toEqual([]);
    });
  }

  sandboxTest('goes through no link on the way to the name', ({ sandbox }) => {
    using at = openTreeIn(sandbox);
    mkdirSync(join(sandbox.disk, 'canary/below'), { recursive: true });
    symlinkSync('../../canary', at.path('linked'));
    mkdirSync(at.path('real'));
    symlinkSync('../../../canary', at.path('real/linked'));
    for (const folder of ['linked', 'linked/below', 'real/linked']) {
      for (const entry of oneOfEach(at)) {
        const path = treePath(`${folder}/${entry.path}`);
        expect(thrownBy(() => at.put({ ...entry, path } as Entry)).code).toBe('PATH_IS_SYMLINK');
      }
    }
    expect(readdirSync(join(sandbox.disk, 'canary'))).toEqual(['below']);
    expect(readdirSync(join(sandbox.disk, 'canary/below'))).toEqual([]);
  });

  sandboxTest('goes on in the folder it holds when a link takes its place', ({ sandbox }) => {
    using at = openTreeIn(sandbox);
    mkdirSync(join(sandbox.disk, 'canary'));
    at.put(dir('etc', 0o755));
    at.put(file('etc/one', { text: 'x' }, 0o644));
    renameSync(at.path('etc'), at.path('moved'));
    symlinkSync('../../canary', at.path('etc'));
    at.put(file('etc/two', { text: 'x' }, 0o644));
    expect(readdirSync(join(sandbox.disk, 'canary'))).toEqual([]);
    expect(readdirSync(at.path('moved')).sort()).toEqual(['one', 'two']);
  });

  sandboxTest('holds more folders than may be open at once', ({ sandbox }) => {
    using at = openTreeIn(sandbox);
    for (let index = 0; index < 500; index++) at.put(dir(`d${index}`, 0o755));
    for (let index = 0; index < 500; index++) at.put(file(`d${index}/file`, { text: 'x' }, 0o644));
    expect(at.look('d0/file').size + at.look('d499/file').size).toBe(2);
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(300);
  });
});

describe.runIf(needs('root'))('checkNewTree', () => {
  sandboxTest('finds what is missing, what is more, and what is something else', ({ sandbox }) => {
    using at = openTreeIn(sandbox);
    const entries = [dir('etc', 0o755), file('etc/passwd', { text: 'x' }, 0o644)];
    for (const entry of entries) at.put(entry);
    checkNewTree(at.tree, entries);
    const missing = [...entries, file('etc/group', { text: 'x' }, 0o644)];
    expect(thrownBy(() => checkNewTree(at.tree, missing))).toMatchObject({
      code: 'TREE_BROKEN',
      what: expect.stringContaining('etc/group'),
    });
    expect(thrownBy(() => checkNewTree(at.tree, entries.slice(0, 1))).code).toBe('TREE_BROKEN');
    const other = entries.map((entry) => (entry.path === 'etc/passwd' ? dir('etc/passwd', 0o755) : entry));
    expect(thrownBy(() => checkNewTree(at.tree, other)).code).toBe('TREE_BROKEN');
    at.put(file('e\nvil', { text: '' }, 0o644));
    expect(thrownBy(() => checkNewTree(at.tree, entries)).message).toContain('e\\x0avil');
  });
});

const device = {
  type: 'device',
  path: treePath('a-device'),
  major: 1,
  minor: 3,
  mode: 0o666,
  owner: root,
  why: 'x',
} as const;

interface OpenTree extends Disposable {
  readonly tree: HeldTree;
  readonly put: (entry: Entry) => void;
  readonly path: (path: string) => string;
  readonly look: (path: string) => Stats;
  /** Writes a file that stands for one of the host, and takes it into the store. */
  readonly hostFile: (name: string) => string;
}

function openTreeIn({ disk }: Sandbox): OpenTree {
  const umask = process.umask(0);
  for (const name of ['stage', 'store', 'host']) mkdirSync(join(disk, name));
  const [stage, storeFd] = [openSync(join(disk, 'stage'), 'r'), openSync(join(disk, 'store'), 'r')] as const;
  const store = new Store(storeFd);
  const tree = stageTree(stage, 'tree');
  const keys = new Map<string, string>();
  const keyOf = (entry: FileEntry) => ({
    sha256: ('copyOf' in entry.source && keys.get(entry.source.copyOf)) || '',
    mode: 0o755,
  });
  const filling: Filling = { store, link: 'hardlink', keyOf };
  const path = (name: string) => join(disk, 'stage/tree', name);
  return {
    tree,
    path,
    put: (entry) => putEntry(entry, tree, filling),
    look: (name) => lstatSync(path(name)),
    hostFile: (name) => {
      const host = join(disk, 'host', name);
      writeFileSync(host, `content of ${name}`);
      keys.set(host, store.addFile(host, 0o755, () => true) ?? '');
      return host;
    },
    [Symbol.dispose]: () => {
      tree[Symbol.dispose]();
      closeSync(stage);
      closeSync(storeFd);
      process.umask(umask);
    },
  };
}

function oneOfEach(at: OpenTree): readonly Entry[] {
  const source = { copyOf: at.hostFile('tool') };
  return [
    dir('a-dir', 0o755),
    file('a-text', { text: 'x' }, 0o644),
    file('a-copy', source, 0o755),
    { ...file('a-shared', source, 0o755), shared: true },
    { type: 'symlink', path: treePath('a-link'), target: 'x', why: 'x' },
    device,
    { type: 'hardlink', path: treePath('a-second-name'), to: source.copyOf, why: 'x' },
  ];
}

function dir(path: string, mode: number, owner = root): DirEntry {
  return { type: 'dir', path: treePath(path), mode, owner, why: 'x' };
}

function file(path: string, source: FileEntry['source'], mode: number, owner = root): FileEntry {
  return { type: 'file', path: treePath(path) as TreePath, source, mode, owner, shared: false, why: 'x' };
}
