import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { removeTree } from '../../src/engine/remove-tree.ts';
import { createFileAt, makeDirAt, openDirBeneath } from '../../src/linux/files.ts';
import { needs } from '../support/needs.ts';
import { thrownBy } from '../support/thrown.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('removeTree', () => {
  sandboxTest('removes every kind of file, and names that are no text', async ({ sandbox }) => {
    const tree = makeTree(sandbox);
    symlinkSync('nowhere', join(tree, 'dangling'));
    execFileSync('mkfifo', [join(tree, 'fifo')]);
    execFileSync('mknod', [join(tree, 'device'), 'c', '1', '3']);
    execFileSync('sh', [
      '-c',
      'mkdir "$1/$(printf "\\377\\376")"; : > "$1/$(printf "\\377\\376")/$(printf "a\\nb\\200")"',
      'sh',
      tree,
    ]);
    const server = createServer().listen(join(tree, 'socket'));
    await once(server, 'listening');
    expect(readdirSync(tree).length).toBe(5);
    remove(sandbox, 'tree');
    expect(readdirSync(sandbox.disk)).toEqual([]);
    server.close();
  });

  sandboxTest('removes a file, a link, and what is not there', ({ sandbox }) => {
    writeFileSync(join(sandbox.disk, 'file'), '');
    symlinkSync('/etc', join(sandbox.disk, 'link'));
    for (const name of ['file', 'link', 'gone']) remove(sandbox, name);
    expect(readdirSync(sandbox.disk)).toEqual([]);
    expect(existsSync('/etc/passwd')).toBe(true);
  });

  sandboxTest('follows no link out of the tree', ({ sandbox }) => {
    const tree = makeTree(sandbox);
    mkdirSync(join(sandbox.disk, 'canary'));
    writeFileSync(join(sandbox.disk, 'canary/file'), 'safe');
    symlinkSync('../canary', join(tree, 'folder'));
    symlinkSync('../canary/file', join(tree, 'file'));
    remove(sandbox, 'tree');
    expect(readFileSync(join(sandbox.disk, 'canary/file'), 'utf8')).toBe('safe');
  });

  // A bind mount of the same file system has the same device number: only the kernel can tell.
  for (const kind of ['a folder of the same disk', 'another file system'] as const) {
    sandboxTest(`stops at ${kind} that is mounted in the tree`, ({ sandbox }) => {
      const tree = makeTree(sandbox);
      const canary = join(sandbox.disk, 'canary');
      mkdirSync(join(tree, 'deep/mounted'), { recursive: true });
      mkdirSync(canary);
      if (kind === 'another file system') execFileSync('mount', ['-t', 'tmpfs', 'virtfs-test', canary]);
      writeFileSync(join(canary, 'file'), 'safe');
      execFileSync('mount', ['--bind', canary, join(tree, 'deep/mounted')]);
      expect(thrownBy(() => remove(sandbox, 'tree'))).toMatchObject({
        code: 'TREE_UNSAFE',
        mend: expect.stringContaining('findmnt'),
      });
      expect(readFileSync(join(canary, 'file'), 'utf8')).toBe('safe');
      execFileSync('umount', [join(tree, 'deep/mounted')]);
      remove(sandbox, 'tree');
      expect(readFileSync(join(canary, 'file'), 'utf8')).toBe('safe');
    });
  }

  sandboxTest('stops at a file something is mounted on, and at a mounted tree', ({ sandbox }) => {
    const tree = makeTree(sandbox);
    writeFileSync(join(sandbox.disk, 'canary'), 'safe');
    writeFileSync(join(tree, 'file'), '');
    execFileSync('mount', ['--bind', join(sandbox.disk, 'canary'), join(tree, 'file')]);
    expect(thrownBy(() => remove(sandbox, 'tree')).code).toBe('TREE_UNSAFE');
    execFileSync('umount', [join(tree, 'file')]);
    execFileSync('mount', ['--bind', tree, tree]);
    expect(thrownBy(() => remove(sandbox, 'tree')).code).toBe('TREE_UNSAFE');
    expect(readFileSync(join(sandbox.disk, 'canary'), 'utf8')).toBe('safe');
  });

  sandboxTest('removes folders nested deeper than it may open files', ({ sandbox }) => {
    const tree = makeTree(sandbox);
    nest(tree, 5000);
    const script = new URL('../support/remove-driver.ts', import.meta.url).pathname;
    const command = ['ulimit -n 200; exec "$@"', 'sh', process.execPath, script, sandbox.disk, 'tree'];
    expect(execFileSync('sh', ['-c', ...command], { encoding: 'utf8' })).toBe('removed');
    expect(readdirSync(sandbox.disk)).toEqual([]);
  });
});

/** Folders in folders, a file beside each; a path to the last would be longer than the system takes. */
function nest(tree: string, levels: number): void {
  let fd = openSync(tree, 'r');
  for (let level = 0; level < levels; level++) {
    makeDirAt(fd, 'folder', 0o755);
    closeSync(createFileAt(fd, 'file', 0o644));
    const next = openDirBeneath(fd, 'folder');
    closeSync(fd);
    fd = next;
  }
  closeSync(fd);
}

function makeTree({ disk }: Sandbox): string {
  mkdirSync(join(disk, 'tree'));
  return join(disk, 'tree');
}

function remove({ disk }: Sandbox, name: string): void {
  const fd = openSync(disk, 'r');
  try {
    removeTree(fd, name);
  } finally {
    closeSync(fd);
  }
}
