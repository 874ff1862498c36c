import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { listTree, walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { clean, remove, restore } from '../support/run-removal.ts';
import { codeOf } from '../support/thrown-async.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

const tiny = 'summary = "x"\ncommands = ["true"]\n';

describe.runIf(needs('root'))('cleanRoot', () => {
  sandboxTest('deletes nothing that a domain is made of', async ({ sandbox }) => {
    await makeDomains(sandbox);
    const before = listState(sandbox);
    expect(await clean({ settings: sandbox.settings })).toMatchObject({
      trees: [],
      layers: { files: 0 },
      objects: { files: 0 },
      bytes: 0,
    });
    expect(listState(sandbox)).toEqual(before);
  });

  sandboxTest('keeps what a tree in the trash is made of, and a previous state', async ({ sandbox }) => {
    const { settings, root } = sandbox;
    await makeDomains(sandbox);
    const state = join(root, '.virtfs');
    // Another layer, which only the state before the last update names.
    writeFileSync(join(state, 'previous/b.org.json'), readFileSync(join(state, 'manifests/a.org.json')));
    await remove({ settings, domains: ['a.org'], purge: true });
    const before = listState(sandbox);
    await clean({ settings });
    expect(listState(sandbox)).toEqual(before);
    await remove({ settings, domains: ['b.org'] });
    await clean({ settings });
    await restore({ settings, domain: 'b.org' });
    expect(listState(sandbox)).toEqual(before);
  });

  sandboxTest(
    'deletes layers and objects that nothing is made of, and says what that gives',
    async ({ sandbox }) => {
      const { settings } = sandbox;
      const alone = await aloneWithB(sandbox);
      await makeDomains(sandbox);
      await remove({ settings, domains: ['a.org'], purge: true });
      const before = listState(sandbox);
      const told = await clean({ settings, dryRun: true });
      expect(listState(sandbox)).toEqual(before);
      const done = await clean({ settings });
      expect(done).toEqual({ ...told, dryRun: false });
      expect(done.layers.files).toBeGreaterThan(0);
      expect(done.objects.files).toBeGreaterThan(5);
      expect(done.bytes).toBeGreaterThan(100_000);
      expect(listState(sandbox)).toEqual(alone);
      // And what went is made again when it is wanted.
      await create({ settings, domains: ['c.org'] });
    },
  );

  sandboxTest('counts as free only what no tree shares', async ({ sandbox }) => {
    const { settings, root } = sandbox;
    await create({ settings, domains: ['a.org'] });
    const manifest = join(root, '.virtfs/manifests/a.org.json');
    const { layer } = JSON.parse(readFileSync(manifest, 'utf8'));
    const tree = listTree(join(root, 'a.org'));
    // As if virtfs had not made the tree.
    for (const file of [manifest, join(root, '.virtfs/domains/a.org.json')]) rmSync(file);
    const done = await clean({ settings });
    expect(done.objects.files).toBeGreaterThan(5);
    expect(done.objects.bytes).toBeLessThan(100_000);
    expect(readdirSync(join(root, '.virtfs/layers'))).not.toContain(`${layer}.json`);
    expect(listTree(join(root, 'a.org'))).toEqual(tree);
  });

  sandboxTest('keeps all while it cannot tell what is needed', async ({ sandbox }) => {
    const { settings, root } = sandbox;
    await makeDomains(sandbox);
    await remove({ settings, domains: ['b.org'], purge: true });
    const manifest = join(root, '.virtfs/manifests/a.org.json');
    const text = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, text.slice(0, 100));
    const before = listState(sandbox);
    expect(await codeOf(clean({ settings }))).toBe('BAD_RECORD');
    expect(listState(sandbox)).toEqual(before);
    writeFileSync(manifest, text);
    const layer = join(root, '.virtfs/layers', `${JSON.parse(text).layer}.json`);
    const layerText = readFileSync(layer, 'utf8');
    writeFileSync(layer, layerText.replace('"mode"', '"mood"'));
    expect(await codeOf(clean({ settings }))).toBe('BAD_RECORD');
    expect(listState(sandbox)).toEqual(before);
  });

  sandboxTest(
    'deletes trees whose days are over, and clears what a killed virtfs left',
    async ({ sandbox }) => {
      const { settings, root } = sandbox;
      await makeDomains(sandbox);
      await remove({ settings, domains: ['a.org', 'b.org'] });
      mkdirSync(join(root, '.virtfs/stage/0'));
      const trash = join(root, '.virtfs/trash');
      const [folder = ''] = readdirSync(trash).filter((name) => name.startsWith('a.org'));
      const file = join(trash, folder, 'removed.json');
      const removed = { ...JSON.parse(readFileSync(file, 'utf8')), removed: '2020-01-01T00:00:00.000Z' };
      writeFileSync(file, JSON.stringify(removed));
      expect((await clean({ settings, dryRun: true })).trees).toEqual([
        { domain: 'a.org', removed: removed.removed },
      ]);
      expect(readdirSync(trash).length).toBe(2);
      expect(readdirSync(join(root, '.virtfs/stage'))).toEqual(['0']);
      const done = await clean({ settings });
      expect(done.trees.map(({ domain }) => domain)).toEqual(['a.org']);
      expect(done.objects.files).toBeGreaterThan(5);
      expect(readdirSync(trash).length).toBe(1);
      expect(readdirSync(join(root, '.virtfs/stage'))).toEqual([]);
    },
  );

  sandboxTest('makes nothing in a dry run, where there is nothing', async ({ sandbox }) => {
    mkdirSync(sandbox.root, { mode: 0o700 });
    expect((await clean({ settings: sandbox.settings, dryRun: true })).bytes).toBe(0);
    expect(readdirSync(sandbox.root)).toEqual([]);
  });
});

/** a.org with the profile `small`, b.org with a smaller one: a layer each. */
async function makeDomains({ settings, putProfile }: Sandbox): Promise<void> {
  putProfile('tiny', tiny);
  await create({ settings, domains: ['a.org'] });
  await create({ settings, domains: ['b.org'], profiles: ['tiny'] });
}

/** What the state holds when b.org was always alone; the root is empty again afterwards. */
async function aloneWithB(sandbox: Sandbox): Promise<readonly string[]> {
  const { settings, putProfile, root } = sandbox;
  putProfile('tiny', tiny);
  await create({ settings, domains: ['b.org'], profiles: ['tiny'] });
  const state = listState(sandbox);
  await remove({ settings, domains: ['b.org'], purge: true });
  rmSync(root, { recursive: true });
  return state;
}

/** Layers, and objects of the store. */
function listState({ root }: Sandbox): readonly string[] {
  return ['layers', 'store'].flatMap((part) =>
    walk(join(root, '.virtfs', part))
      .filter(({ stats }) => !stats.isDirectory())
      .map(({ path }) => `${part}/${path}`)
      .sort(),
  );
}
