import { execFileSync } from 'node:child_process';
import {
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { type Cell, closeCell, makeCell } from '../../src/engine/make-cell.ts';
import { openTreesRoot } from '../../src/engine/open-root.ts';
import { type MiniRoot, makeMiniRoot } from '../support/make-mini-root.ts';
import { needs } from '../support/needs.ts';
import { runProgram } from '../support/run-virtexec.ts';

const driver = join(import.meta.dirname, '../support/make-cells.ts');

describe.runIf(needs('root', { program: 'gcc' }))('A cell', () => {
  let root: MiniRoot;
  let tree = '';
  beforeAll(() => {
    root = makeMiniRoot();
    tree = root.addTree('a.example');
  });
  afterAll(() => root[Symbol.dispose]());

  const make = (domain = 'a.example'): Cell => {
    using trees = openTreesRoot(root.path, { make: false });
    return makeCell(trees, parseDomainName(domain));
  };

  test('has the tree, its own /proc and terminals, and shared folders read-only, and no mount of the host', () => {
    const cell = make();
    try {
      const words = ['/bin/probe', 'file', '/proc/self/mountinfo'];
      const { out } = runProgram(inCell(cell, words));
      const mounts = out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' '));
      expect(
        mounts.map(([, , , , point, options]) => `${point} ${options?.split(',')[0]}`).toSorted(),
      ).toEqual(['/ rw', '/dev/pts rw', '/proc ro', '/usr ro', '/usr/local rw']);
    } finally {
      closeCell(cell);
    }
  });

  test('leaves the thread that made it where it was, with no descriptor more', () => {
    const before = whereAmI();
    closeCell(make());
    // What all cells share was made with the first.
    const descriptors = readdirSync('/proc/self/fd').toSorted();
    for (let round = 0; round < 20; round++) closeCell(make());
    expect(whereAmI()).toEqual(before);
    expect(readdirSync('/proc/self/fd').toSorted()).toEqual(descriptors);
  });

  test.each<[what: string, spoil: (path: string) => void]>([
    ['/proc is a link', (path) => swap(path, 'proc')],
    ['/dev is a link', (path) => swap(path, 'dev')],
    ['/usr is a link', (path) => swap(path, 'usr')],
    ['/usr is a FIFO', (path) => putFifo(path, 'usr')],
    ['/lib leads out of /usr', (path) => symlinkSync('usr/../../etc', join(path, 'lib'))],
    ['it is a link itself', (path) => swap(join(path, '..'), 'bad.example')],
  ])('is not made of a tree where %s, and leaves nothing behind', (_, spoil) => {
    closeCell(make());
    const bad = root.addTree('bad.example');
    const before = whereAmI();
    try {
      spoil(bad);
      const descriptors = readdirSync('/proc/self/fd').toSorted();
      for (let round = 0; round < 5; round++) expect(() => make('bad.example')).toThrow();
      expect(whereAmI()).toEqual(before);
      expect(readdirSync('/proc/self/fd').toSorted()).toEqual(descriptors);
    } finally {
      rmSync(bad, { recursive: true });
      rmSync(`${bad}.away`, { recursive: true, force: true });
    }
  });

  const arm = process.arch === 'arm64';
  // biome-ignore format: a table
  const calls: readonly (readonly [call: string, x64: number, arm64: number, step: string])[] = [
    ['unshare',                 272,  97, 'make mounts, host name and IPC of its own'],
    ['mount',                   165,  40, 'keep its mounts away from the host'],
    ['sethostname',             170, 161, 'set the host name'],
    ['open_tree',               428, 428, 'make a mount of the tree'],
    ['move_mount',              429, 429, 'make a mount of the tree'],
    ['fsopen',                  430, 430, 'mount /proc'],
    ['fsmount',                 432, 432, 'mount /proc'],
    ['mount_setattr',           442, 442, 'make the shared folders read-only'],
    ['pivot_root',              155,  41, 'make the tree the root of all mounts'],
    ['umount2',                 166,  39, 'make the tree the root of all mounts'],
    ['landlock_create_ruleset', 444, 444, 'make the Landlock rules'],
  ];
  test.each(calls)('is not made without %s, and the thread is where it was', (_, x64, arm64, step) => {
    const words = [root.probe, 'deny', String(arm ? arm64 : x64), '1', process.execPath, driver, root.path];
    const ended = runProgram(words);
    expect(ended).toMatchObject({ status: 0, signal: null, err: '' });
    expect(ended.out).toContain(`could not ${step}: `);
    expect(ended.out).toContain('as before: true');
  });

  test.each([
    ['setns', 308, 268],
    ['chroot', 161, 51],
  ])('ends the process whose thread cannot come back, for want of %s', (_, x64, arm64) => {
    const words = [root.probe, 'deny', String(arm ? arm64 : x64), '1', process.execPath, driver, root.path];
    expect(runProgram(words)).toMatchObject({ signal: 'SIGABRT', out: '' });
  });

  test('is not made of a tree that was put in place of another meanwhile', () => {
    const other = root.addTree('b.example');
    for (const path of [tree, other]) writeFileSync(join(path, 'etc/hostname'), path);
    const swapped = runProgram([process.execPath, driver, root.path, 'swap', tree, other]);
    expect(swapped).toMatchObject({ status: 0, err: '' });
    expect(swapped.out).toMatch(/^made [1-9]\d*, refused [1-9]\d*, wrong 0\n$/u);
  });

  function swap(path: string, name: string): void {
    renameSync(join(path, name), join(root.path, 'bad.example.away'));
    symlinkSync(root.path, join(path, name));
  }
});

function putFifo(path: string, name: string): void {
  rmSync(join(path, name), { recursive: true });
  execFileSync('mkfifo', [join(path, name)]);
}

/** Words that run others in the namespaces of the cell, as root of the tree. */
function inCell({ namespaces }: Cell, words: readonly string[]): readonly string[] {
  const path = (fd: number) => `/proc/${process.pid}/fd/${fd}`;
  const { mnt, uts, ipc } = namespaces;
  return ['nsenter', `--uts=${path(uts)}`, `--ipc=${path(ipc)}`, `--mount=${path(mnt)}`, ...words];
}

function whereAmI(): readonly string[] {
  const links = ['ns/mnt', 'ns/uts', 'ns/ipc', 'root', 'cwd'].map((name) => `/proc/thread-self/${name}`);
  return [...links.map((link) => readlinkSync(link)), readFileSync('/proc/sys/kernel/hostname', 'utf8')];
}
