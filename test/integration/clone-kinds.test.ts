import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { listAttributes, putAttribute, readAttribute } from '../../src/linux/extended-attributes.ts';
import { createFileAt, makeDirAt, openDirBeneath } from '../../src/linux/files.ts';
import { bob, makeHome, makeSource, shiftIds, wordsOf } from '../support/clone-source.ts';
import { hashOf, listTree, walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { clone } from '../support/run-clone.ts';
import { sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('cloneDomain, kinds of files', () => {
  sandboxTest('keeps every kind of file, link and name as it is', async ({ sandbox }) => {
    const { tree, copy } = await makeSource(sandbox);
    const home = makeHome(tree);
    writeFileSync(join(home, 'file'), 'text', { mode: 0o640 });
    utimesSync(join(home, 'file'), 1_000_000, 1_234_567.5);
    mkdirSync(join(home, 'deep/er'), { recursive: true });
    linkSync(join(home, 'file'), join(home, 'deep/er/second'));
    symlinkSync(Buffer.from('/nowhere/\xff', 'latin1'), join(home, 'link'));
    execFileSync('mkfifo', ['-m', '620', join(home, 'fifo')]);
    mkdirSync(join(home, 'sticky'));
    chownTree(home, bob);
    chmodSync(join(home, 'sticky'), 0o3775);
    utimesSync(join(home, 'deep'), 5, 7);
    await clone(wordsOf(sandbox));
    const made = join(copy, 'home/b/bob');
    expect(shiftIds(listTree(made), 10_000)).toEqual(listTree(home));
    expect(statSync(join(made, 'file')).ino).toBe(statSync(join(made, 'deep/er/second')).ino);
    expect(statSync(join(made, 'file')).nlink).toBe(2);
    expect(statSync(join(made, 'file')).mtimeMs).toBe(1_234_567_500);
    expect(statSync(join(made, 'deep')).mtimeMs).toBe(7000);
    expect(inodesOf(made).filter((inode) => inodesOf(home).includes(inode))).toEqual([]);
  });

  sandboxTest('keeps holes, whether the data is before or behind them', async ({ sandbox }) => {
    const { tree, copy } = await makeSource(sandbox);
    const home = makeHome(tree);
    makeSparse(
      join(home, 'sparse'),
      [
        [0, 'begin'],
        [5 << 20, 'middle'],
        [9 << 20, 'end'],
      ],
      10 << 20,
    );
    makeSparse(join(home, 'empty'), [], 1 << 20);
    await clone(wordsOf(sandbox));
    const made = join(copy, 'home/b/bob');
    for (const name of ['sparse', 'empty']) {
      expect(hashOf(join(made, name))).toBe(hashOf(join(home, name)));
      expect(statSync(join(made, name)).blocks).toBe(statSync(join(home, name)).blocks);
    }
  });

  sandboxTest('drops set-id bits and file capabilities, and says so', async ({ sandbox }) => {
    const { tree, copy } = await makeSource(sandbox);
    const home = makeHome(tree);
    writeFileSync(join(home, 'root-shell'), '');
    chmodSync(join(home, 'root-shell'), 0o6755);
    writeFileSync(join(home, 'pinger'), '', { mode: 0o755 });
    putOn(
      join(home, 'pinger'),
      'security.capability',
      Buffer.from('0100000200200000000000000000000000000000', 'hex'),
    );
    const { notices } = await clone(wordsOf(sandbox));
    expect(lstatSync(join(copy, 'home/b/bob/root-shell')).mode & 0o7777).toBe(0o755);
    expect(attributesOf(join(copy, 'home/b/bob/pinger'))).toEqual({});
    expect(notices).toContain('copied, but set-id bits are dropped: home/b/bob/root-shell');
    expect(notices).toContain('copied, but file capabilities are dropped: home/b/bob/pinger');
  });

  sandboxTest('keeps attributes of users and access control lists, with the new ids', async ({ sandbox }) => {
    const { tree, copy } = await makeSource(sandbox);
    const home = makeHome(tree);
    writeFileSync(join(home, 'file'), '', { mode: 0o640 });
    putOn(join(home, 'file'), 'user.note', Buffer.from('kept'));
    // u::rw- u:200001:r-- g::--- m::r-- o::---
    const acl = (id: number) =>
      Buffer.from(
        `02000000${[aclEntry(1, 6), aclEntry(2, 4, id), aclEntry(4, 0), aclEntry(16, 4), aclEntry(32, 0)].join('')}`,
        'hex',
      );
    putOn(join(home, 'file'), 'system.posix_acl_access', acl(200_001));
    await clone(wordsOf(sandbox));
    expect(attributesOf(join(copy, 'home/b/bob/file'))).toEqual({
      'user.note': Buffer.from('kept').toString('hex'),
      'system.posix_acl_access': acl(210_001).toString('hex'),
    });
  });

  sandboxTest(
    'copies nothing that belongs to somebody else, is a device or is mounted',
    async ({ sandbox }) => {
      const { tree, copy } = await makeSource(sandbox);
      const home = makeHome(tree);
      writeFileSync(join(home, 'foreign'), 'of a user of the host');
      chownSync(join(home, 'foreign'), 1000, bob);
      mkdirSync(join(home, 'theirs'));
      writeFileSync(join(home, 'theirs/file'), '');
      chownSync(join(home, 'theirs'), bob, 250_000);
      execFileSync('mknod', [join(home, 'disk'), 'b', '7', '0']);
      for (const name of ['mounted', 'bound']) mkdirSync(join(home, name));
      writeFileSync(join(home, 'bound-file'), '');
      const canary = join(sandbox.disk, 'canary');
      mkdirSync(canary);
      writeFileSync(join(canary, 'secret'), 'of the host');
      execFileSync('mount', ['-t', 'tmpfs', 'virtfs-test', join(home, 'mounted')]);
      writeFileSync(join(home, 'mounted/file'), 'x');
      execFileSync('mount', ['--bind', canary, join(home, 'bound')]);
      execFileSync('mount', ['--bind', join(canary, 'secret'), join(home, 'bound-file')]);
      const { notices } = await clone(wordsOf(sandbox));
      expect(readdirSync(join(copy, 'home/b/bob'))).toEqual([]);
      const left = notices
        .filter((notice) => notice.startsWith('not copied'))
        .map((notice) => notice.replace(/: home.*/u, ''));
      expect(left.sort()).toEqual([
        'not copied (its owner or group is none of the domain)',
        'not copied (sockets and devices are not copied)',
        'not copied (something is mounted there)',
      ]);
    },
  );

  sandboxTest(
    'copies folders nested deeper than one path can say',
    { timeout: 120_000 },
    async ({ sandbox }) => {
      const { tree, copy } = await makeSource(sandbox);
      const levels = 1500;
      nest(makeHome(tree), levels);
      await clone(wordsOf(sandbox));
      expect(depthOf(join(copy, 'home/b/bob'))).toBe(levels);
    },
  );

  sandboxTest('keeps names that are no text', async ({ sandbox }) => {
    const { tree, copy } = await makeSource(sandbox);
    const home = makeHome(tree);
    const named = (folder: string) =>
      Buffer.concat([Buffer.from(`${folder}/`), Buffer.from('na\xffme\n', 'latin1')]);
    mkdirSync(named(home));
    writeFileSync(Buffer.concat([named(home), Buffer.from('/\xfe', 'latin1')]), 'bytes');
    await clone(wordsOf(sandbox));
    const made = named(join(copy, 'home/b/bob'));
    expect(readdirSync(made, { encoding: 'buffer' })).toEqual([Buffer.from('\xfe', 'latin1')]);
  });
});

function chownTree(folder: string, id: number): void {
  execFileSync('chown', ['--recursive', '--no-dereference', `${id}:${id}`, folder]);
}

function inodesOf(folder: string): readonly bigint[] {
  return walk(folder).map(({ stats }) => stats.ino);
}

function makeSparse(
  path: string,
  parts: readonly (readonly [at: number, text: string])[],
  size: number,
): void {
  const fd = openSync(path, 'w');
  for (const [at, text] of parts) writeSync(fd, text, at);
  ftruncateSync(fd, size);
  closeSync(fd);
}

function putOn(path: string, name: string, value: Uint8Array): void {
  const fd = openSync(path, 'r');
  expect(putAttribute(fd, name, value)).toBe(true);
  closeSync(fd);
}

function attributesOf(path: string): Readonly<Record<string, string>> {
  const fd = openSync(path, 'r');
  try {
    const names = listAttributes(fd);
    return Object.fromEntries(
      names.map((name) => [name, Buffer.from(readAttribute(fd, name) ?? []).toString('hex')]),
    );
  } finally {
    closeSync(fd);
  }
}

function aclEntry(tag: number, mode: number, id = 0xffff_ffff): string {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(tag);
  bytes.writeUInt16LE(mode, 2);
  bytes.writeUInt32LE(id, 4);
  return bytes.toString('hex');
}

/** Folders in folders, a file in the last; a path to it would be longer than the system takes. */
function nest(folder: string, levels: number): void {
  let fd = openSync(folder, 'r');
  for (let level = 0; level < levels; level++) {
    makeDirAt(fd, 'folder', 0o755);
    const next = openDirBeneath(fd, 'folder');
    closeSync(fd);
    fd = next;
  }
  closeSync(createFileAt(fd, 'file', 0o644));
  closeSync(fd);
}

function depthOf(folder: string): number {
  let fd = openSync(folder, 'r');
  for (let level = 0; ; level++) {
    const names = readdirSync(`/proc/self/fd/${fd}`);
    if (names[0] !== 'folder') {
      expect(names).toEqual(['file']);
      closeSync(fd);
      return level;
    }
    const next = openDirBeneath(fd, 'folder');
    closeSync(fd);
    fd = next;
  }
}
