import { execFileSync } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { detachTreeMount, type MountPlace } from '../../src/engine/detach-tree-mount.ts';
import { listTreeMounts, type TreeMount } from '../../src/host/list-tree-mounts.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { clean, remove } from '../support/run-removal.ts';
import { codeOf, errorOf } from '../support/thrown-async.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

const domain = 'a.org';

describe.runIf(needs('root'))('removeDomains, with something mounted in the tree', () => {
  sandboxTest(
    'names it and removes nothing; with force, detaches it and leaves what is in it',
    async ({ sandbox }) => {
      const { settings, root } = sandbox;
      const { canary, tree } = await makeTree(sandbox);
      bind(canary, join(tree, 'home'));
      bind(join(canary, 'file'), join(tree, 'etc/passwd'));
      for (const purge of [false, true]) {
        const error = await errorOf(remove({ settings, domains: [domain], purge }));
        expect(error).toMatchObject({ code: 'TREE_IN_USE', exitStatus: 75 });
        expect(error.why).toContain(`${join(tree, 'home')} is a mount (tmpfs)`);
        expect(error.why).toContain(`${join(tree, 'etc/passwd')} is a mount`);
      }
      const result = await remove({ settings, domains: [domain], purge: true, force: true });
      expect(result.domains[0]?.detached.map(({ path }) => path).sort()).toEqual([
        join(tree, 'etc/passwd'),
        join(tree, 'home'),
      ]);
      expect(readdirSync(root)).toEqual(['.virtfs']);
      expect(readdirSync(join(root, '.virtfs/trash'))).toEqual([]);
      expect(readFileSync(join(canary, 'file'), 'utf8')).toBe('safe');
    },
  );

  sandboxTest(
    'keeps the mounts of a folder of the host that shares its events with the one in the tree',
    async ({ sandbox }) => {
      const { settings } = sandbox;
      const { canary, tree } = await makeTree(sandbox);
      mkdirSync(join(canary, 'disk'));
      execFileSync('mount', ['-t', 'tmpfs', 'virtfs-test', canary]);
      mkdirSync(join(canary, 'disk'));
      execFileSync('mount', ['--make-shared', canary]);
      execFileSync('mount', ['-t', 'tmpfs', 'virtfs-test', join(canary, 'disk')]);
      writeFileSync(join(canary, 'disk/file'), 'safe');
      execFileSync('mount', ['--rbind', canary, join(tree, 'home')]);
      expect(readFileSync(join(tree, 'home/disk/file'), 'utf8')).toBe('safe');
      const result = await remove({ settings, domains: [domain], force: true });
      expect(result.domains[0]?.detached.length).toBe(2);
      expect(readFileSync(join(canary, 'disk/file'), 'utf8')).toBe('safe');
    },
  );

  sandboxTest('leaves to the administrator what covers a shared mount', async ({ sandbox }) => {
    const { settings } = sandbox;
    const { canary, tree } = await makeTree(sandbox);
    execFileSync('mount', ['-t', 'tmpfs', 'virtfs-test', canary]);
    execFileSync('mount', ['--make-shared', canary]);
    bind(canary, join(tree, 'home'));
    execFileSync('mount', ['-t', 'tmpfs', 'virtfs-test', canary]);
    writeFileSync(join(canary, 'file'), 'safe');
    expect(readFileSync(join(tree, 'home/file'), 'utf8')).toBe('safe');
    const error = await errorOf(remove({ settings, domains: [domain], force: true }));
    expect(error).toMatchObject({ code: 'TREE_IN_USE', mend: expect.stringContaining('findmnt') });
    expect(readFileSync(join(canary, 'file'), 'utf8')).toBe('safe');
  });

  sandboxTest(
    'detaches what lies hidden below another mount, and a mount of the whole tree',
    async ({ sandbox }) => {
      const { settings, root } = sandbox;
      const { canary, tree } = await makeTree(sandbox);
      mkdirSync(join(tree, 'home/deep'));
      bind(canary, join(tree, 'home/deep'));
      bind(canary, join(tree, 'home'));
      bind(canary, join(tree, 'home'));
      const result = await remove({ settings, domains: [domain], force: true });
      expect(result.domains[0]?.detached.length).toBe(3);
      await create({ settings, domains: ['b.org'] });
      bind(join(root, 'b.org'), join(root, 'b.org'));
      expect(await codeOf(remove({ settings, domains: ['b.org'] }))).toBe('TREE_IN_USE');
      await remove({ settings, domains: ['b.org'], force: true });
      expect(readdirSync(root)).toEqual(['.virtfs']);
      expect(readFileSync(join(canary, 'file'), 'utf8')).toBe('safe');
    },
  );

  sandboxTest(
    'stops deleting at what is mounted in the trash, and goes on when it is gone',
    async ({ sandbox }) => {
      const { settings } = sandbox;
      const { canary } = await makeTree(sandbox);
      const { domains } = await remove({ settings, domains: [domain] });
      const home = join(domains[0]?.trash ?? '', 'home');
      bind(canary, home);
      expect(await codeOf(remove({ settings, domains: [domain], purge: true }))).toBe('TREE_UNSAFE');
      expect(readFileSync(join(canary, 'file'), 'utf8')).toBe('safe');
      // Nobody else is held up by it.
      await create({ settings, domains: ['b.org'] });
      execFileSync('umount', [home]);
      expect((await clean({ settings })).trees.map((each) => each.domain)).toEqual([domain]);
      expect(readFileSync(join(canary, 'file'), 'utf8')).toBe('safe');
    },
  );
});

describe.runIf(needs('root'))('detachTreeMount', () => {
  sandboxTest(
    'detaches no other mount that stands at the path by now, nor follows a link to one',
    async ({ sandbox }) => {
      const { canary, tree } = await makeTree(sandbox);
      for (const name of ['one', 'two']) {
        mkdirSync(join(tree, 'home', name, 'mount'), { recursive: true });
        bind(canary, join(tree, 'home', name, 'mount'));
      }
      const fd = openSync(sandbox.root, 'r');
      const [first] = listTreeMounts(tree);
      const { path } = placeOf(first);
      renameSync(join(tree, 'home/one'), join(tree, 'home/aside'));
      renameSync(join(tree, 'home/two'), join(tree, 'home/one'));
      renameSync(join(tree, 'home/aside'), join(tree, 'home/two'));
      expect(detachTreeMount(fd, { path, id: first?.id ?? 0 })).toBe(false);
      execFileSync('ln', ['-s', 'home/two/mount', join(tree, 'link')]);
      const linked = listTreeMounts(tree).find(({ path }) => path.endsWith('two/mount'));
      expect(detachTreeMount(fd, { ...placeOf(linked), path: Buffer.from(`${domain}/link`) })).toBe(false);
      expect(detachTreeMount(fd, { path: Buffer.from(`${domain}/gone`), id: 1 })).toBe(false);
      expect(listTreeMounts(tree).length).toBe(2);
      expect(detachTreeMount(fd, placeOf(listTreeMounts(tree)[0]))).toBe(true);
      expect(listTreeMounts(tree).length).toBe(1);
    },
  );

  sandboxTest('finds a folder whose name is no text', async ({ sandbox }) => {
    const { tree } = await makeTree(sandbox);
    execFileSync('sh', [
      '-c',
      'mkdir "$1/$(printf "a\\377 b")" && mount -t tmpfs none "$1/$(printf "a\\377 b")"',
      'sh',
      tree,
    ]);
    const result = await remove({ settings: sandbox.settings, domains: [domain], force: true });
    expect(result.domains[0]?.detached.length).toBe(1);
  });
});

function placeOf(mount: TreeMount | undefined): MountPlace {
  if (mount === undefined) throw new Error('no such mount');
  return { path: Buffer.concat([Buffer.from(`${domain}/`), mount.within]), id: mount.id };
}

async function makeTree({ settings, root, disk }: Sandbox) {
  await create({ settings, domains: [domain] });
  const canary = join(disk, 'canary');
  mkdirSync(canary);
  writeFileSync(join(canary, 'file'), 'safe');
  return { canary, tree: join(root, domain) };
}

function bind(from: string, to: string): void {
  execFileSync('mount', ['--bind', from, to]);
}
