import { copyFileSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { listTreeProcesses, type TreePlace } from '../../src/host/list-tree-processes.ts';
import { compileFixture } from '../support/compile-fixture.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { virtexecScript } from '../support/run-virtexec.ts';
import { startWaiting } from '../support/start-waiting.ts';
import { sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root', { program: 'gcc' }))('listTreeProcesses', () => {
  sandboxTest('finds a program that virtexec runs in the tree', async ({ sandbox }) => {
    const { root, settings } = sandbox;
    await create({ settings, domains: ['a.org', 'b.org'] });
    const words = ['--root', root, '--domain', 'a.org', 'cat', '-'];
    await using inside = await startWaiting([process.execPath, virtexecScript, ...words], {
      env: { PATH: process.env.PATH, VIRTFS_CONFIG_DIR: '/nonexistent' },
    });
    expect(listTreeProcesses(placeOf(join(root, 'a.org')))).toEqual([
      { pid: inside.pid, command: 'cat -', uid: 0, uses: ['root'] },
    ]);
    expect(listTreeProcesses(placeOf(join(root, 'b.org')))).toEqual([]);
  });

  sandboxTest('finds a program that has the tree as its root by a mount elsewhere', async ({ sandbox }) => {
    const { root, settings, base } = sandbox;
    await create({ settings, domains: ['a.org'] });
    const elsewhere = join(base, 'elsewhere');
    mkdirSync(elsewhere);
    const script = 'mount --bind "$1" "$2" && exec chroot "$2" /usr/bin/cat';
    const words = ['unshare', '--mount', 'sh', '-c', script, 'sh', join(root, 'a.org'), elsewhere];
    await using inside = await startWaiting(words);
    expect(listTreeProcesses(placeOf(join(root, 'a.org')))).toMatchObject([
      { pid: inside.pid, uses: ['root'] },
    ]);
  });

  sandboxTest('tells who has what of the tree', async ({ sandbox }) => {
    const tree = join(sandbox.disk, 'tree');
    mkdirSync(join(tree, 'inner'), { recursive: true });
    mkdirSync(`${tree}-beside`);
    copyFileSync('/bin/cat', join(tree, 'cat'));
    const fd = openSync(join(tree, 'inner'), 'r');
    await using cwd = await startWaiting(['cat'], { cwd: join(tree, 'inner'), uid: 4321 });
    await using program = await startWaiting([join(tree, 'cat')]);
    await using file = await startWaiting(['cat'], { stdio: ['pipe', 'pipe', 'inherit', fd] });
    await using _ = await startWaiting(['cat'], { cwd: `${tree}-beside` });
    const found = listTreeProcesses(placeOf(tree));
    expect(found).toContainEqual({ pid: cwd.pid, command: 'cat', uid: 4321, uses: ['cwd'] });
    expect(found).toContainEqual({ pid: program.pid, command: join(tree, 'cat'), uid: 0, uses: ['program'] });
    expect(found).toContainEqual({ pid: file.pid, command: 'cat', uid: 0, uses: ['file'] });
    expect(found.length).toBe(3);
  });

  sandboxTest('finds a program in a folder so deep that the kernel cannot name it', async ({ sandbox }) => {
    const tree = join(sandbox.disk, 'tree');
    mkdirSync(join(tree, 'inner'), { recursive: true });
    mkdirSync(`${tree}-beside`);
    const descend = `for (let i = 0; i < 30; i++) {
      const name = 'd'.repeat(200);
      fs.mkdirSync(name);
      process.chdir(name);
    }
    process.stdin.pipe(process.stdout);`;
    await using inside = await startWaiting([process.execPath, '-e', descend], { cwd: join(tree, 'inner') });
    await using _ = await startWaiting([process.execPath, '-e', descend], { cwd: `${tree}-beside` });
    await expect
      .poll(() => listTreeProcesses(placeOf(tree)).map(({ pid, uses }) => ({ pid, uses })))
      .toEqual([{ pid: inside.pid, uses: ['cwd'] }]);
  });

  sandboxTest(
    'finds a program whose first thread has ended, and one in an inner root',
    async ({ sandbox }) => {
      const program = compileFixture('ended-leader.c', sandbox.base);
      const tree = join(sandbox.disk, 'tree');
      mkdirSync(join(tree, 'inner'), { recursive: true });
      await using one = await startWaiting([program, tree]);
      await using other = await startWaiting([program, join(tree, 'inner')]);
      const found = listTreeProcesses(placeOf(tree));
      expect(found.map(({ pid, uses }) => ({ pid, uses }))).toEqual([
        { pid: one.pid, uses: ['root'] },
        { pid: other.pid, uses: ['root'] },
      ]);
    },
  );
});

function placeOf(path: string): TreePlace {
  const { dev, ino } = statSync(path, { bigint: true });
  return { dev, ino, path };
}
