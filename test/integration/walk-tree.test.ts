import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { type WalkEvent, type WalkedFolder, walkTree } from '../../src/engine/walk-tree.ts';
import { makeDirAt, openDirBeneath } from '../../src/linux/files.ts';
import { needs } from '../support/needs.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('walkTree', () => {
  sandboxTest('gives every name with what it is, folders before what they hold', ({ sandbox }) => {
    const tree = makeTree(sandbox);
    mkdirSync(join(tree, 'b/c'), { recursive: true });
    writeFileSync(join(tree, 'b/file'), 'four', { mode: 0o640 });
    symlinkSync('/etc', join(tree, 'link'));
    execFileSync('mkfifo', [join(tree, 'b/c/fifo')]);
    execFileSync('mknod', [join(tree, 'device'), 'c', '1', '3']);
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.of(0xff, 0x41)]), '');
    const found = [...walk(tree)].filter((event) => event.type === 'found');
    expect(found.map(({ folder, name }) => pathOf(folder, name)).sort()).toEqual(
      ['b', 'b/c', 'b/c/fifo', 'b/file', 'device', 'link', '\u00ffA'].sort(),
    );
    const facts = new Map(found.map((event) => [event.name, event.facts]));
    expect(facts.get('file')).toMatchObject({ type: 'file', mode: 0o640, size: 4, uid: 0, gid: 0 });
    expect(facts.get('device')).toMatchObject({ type: 'char', major: 1, minor: 3 });
    expect(facts.get('link')?.type).toBe('symlink');
    expect(facts.get('fifo')?.type).toBe('fifo');
  });

  sandboxTest('enters no mount, and tells of it, whatever is mounted', ({ sandbox }) => {
    const tree = makeTree(sandbox);
    const other = join(sandbox.disk, 'other');
    for (const folder of [other, join(tree, 'same'), join(tree, 'tmpfs')]) mkdirSync(folder);
    writeFileSync(join(other, 'file'), '');
    writeFileSync(join(tree, 'file'), '');
    execFileSync('mount', ['--bind', other, join(tree, 'same')]);
    execFileSync('mount', ['-t', 'tmpfs', 'virtfs-test', join(tree, 'tmpfs')]);
    execFileSync('mount', ['--bind', join(other, 'file'), join(tree, 'file')]);
    const events = [...walk(tree)].map((event) => [event.type, 'name' in event ? event.name : '']);
    expect(events.slice(1, -1).sort()).toEqual([
      ['mount', 'file'],
      ['mount', 'same'],
      ['mount', 'tmpfs'],
    ]);
  });

  sandboxTest(
    'does not follow a link that takes the place of a folder before it is entered',
    ({ sandbox }) => {
      const tree = makeTree(sandbox);
      mkdirSync(join(tree, 'folder'));
      const events: string[] = [];
      for (const event of walk(tree)) {
        if (event.type === 'found') {
          renameSync(join(tree, 'folder'), join(sandbox.disk, 'aside'));
          symlinkSync('/etc', join(tree, 'folder'));
        }
        events.push(event.type);
      }
      expect(events).toEqual(['enter', 'found', 'leave']);
    },
  );

  sandboxTest('reaches what is nested deep, with few files open', ({ sandbox }) => {
    const tree = makeTree(sandbox);
    nest(tree, 2500);
    const driver = new URL('../support/walk-driver.ts', import.meta.url).pathname;
    const words = ['ulimit -n 64; exec "$@"', 'sh', process.execPath, driver, tree];
    const tally = JSON.parse(execFileSync('sh', ['-c', ...words], { encoding: 'utf8' }));
    expect(tally).toEqual({ enter: 2501, found: 5000, leave: 2501 });
  });

  sandboxTest('tells of what is nested deeper still', ({ sandbox }) => {
    const tree = makeTree(sandbox);
    nest(tree, 4200);
    const tally = new Map<string, number>();
    for (const { type } of walk(tree)) tally.set(type, (tally.get(type) ?? 0) + 1);
    expect(Object.fromEntries(tally)).toEqual({ enter: 4000, found: 8000, deep: 1, leave: 4000 });
  });

  sandboxTest('goes on in a folder it had to close, though the one below was moved', ({ sandbox }) => {
    const tree = makeTree(sandbox);
    const names = nest(tree, 60);
    let moved = false;
    const events: WalkEvent[] = [];
    for (const event of walk(tree)) {
      if (event.type === 'enter' && depthOf(event.folder) === 60 && !moved) {
        moved = true;
        renameSync(join(tree, ...names.slice(0, 30)), join(tree, 'elsewhere'));
      }
      events.push(event);
    }
    expect(
      events
        .filter(({ type }) => type === 'leave')
        .every((event) => 'dirfd' in event && event.dirfd !== undefined),
    ).toBe(true);
    // Every file beside a folder, wherever in the list of names it was, and all below `elsewhere` twice.
    const files = new Set(
      events.flatMap((event) =>
        event.type === 'found' && event.name === 'file' ? [depthOf(event.folder)] : [],
      ),
    );
    expect(files.size).toBeGreaterThanOrEqual(60);
  });

  sandboxTest('tells of a folder that is gone before all of it was seen', ({ sandbox }) => {
    const tree = makeTree(sandbox);
    const names = nest(tree, 60);
    const unseen: number[] = [];
    for (const event of walk(tree)) {
      if (event.type === 'enter' && depthOf(event.folder) === 60) {
        renameSync(join(tree, ...names.slice(0, 30)), join(tree, 'elsewhere'));
        rmSync(join(tree, names[0] ?? ''), { recursive: true });
      }
      if (event.type === 'leave' && event.dirfd === undefined) unseen.push(depthOf(event.folder));
    }
    // Those above the one that was moved, down from the tree's own, which is always held.
    expect(unseen).toEqual(Array.from({ length: 29 }, (_, index) => 29 - index));
  });

  sandboxTest('closes what it opened, also when it is left early', ({ sandbox }) => {
    const tree = makeTree(sandbox);
    nest(tree, 100);
    const before = readdirSync('/proc/self/fd').length;
    for (const event of walk(tree)) if (depthOf(event.folder) === 50) break;
    expect(readdirSync('/proc/self/fd').length).toBe(before);
    for (const _ of walk(tree));
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});

function* walk(folder: string): Generator<WalkEvent> {
  const fd = openSync(folder, 'r');
  try {
    yield* walkTree(fd);
  } finally {
    closeSync(fd);
  }
}

function pathOf(folder: WalkedFolder, name: string): string {
  return folder.parent === undefined ? name : `${pathOf(folder.parent, folder.name)}/${name}`;
}

function depthOf({ parent }: WalkedFolder): number {
  return parent === undefined ? 0 : 1 + depthOf(parent);
}

function makeTree({ disk }: Sandbox): string {
  const tree = join(disk, 'tree');
  mkdirSync(tree);
  return tree;
}

/** Folders in folders, a file beside each; a path to the last may be longer than the system takes. Their names. */
function nest(tree: string, levels: number): readonly string[] {
  let fd = openSync(tree, 'r');
  const names = Array.from({ length: levels }, (_, level) => `folder${level}`);
  for (const name of names) {
    makeDirAt(fd, name, 0o755);
    const file = openSync(`/proc/self/fd/${fd}/file`, 'w');
    closeSync(file);
    const next = openDirBeneath(fd, name);
    closeSync(fd);
    fd = next;
  }
  closeSync(fd);
  return names;
}
