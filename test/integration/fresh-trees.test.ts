import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { areFresh } from '../../src/pipeline/fresh-trees.ts';
import { walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { describeChanges, update } from '../support/run-update.ts';
import { type Sandbox, sandboxTest, small } from '../support/trees-root.ts';
import { createWithTool, domain, inTree, putTool } from '../support/update-scene.ts';

/** As long as a file that changed could change again without a new time. */
const settled = 2100;

/** Other tests make folders in /opt meanwhile, and what may still be changing is not kept. */
const test = sandboxTest.extend<{ quietFolder: string }>({
  quietFolder: async ({ task: _ }, use) => {
    const folder = mkdtempSync('/usr/src/virtfs-test-');
    chmodSync(folder, 0o755);
    try {
      await use(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
});

describe.runIf(needs('root'))('areFresh', () => {
  test('is false until an update of all, and then true', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    expect(isFresh(sandbox)).toBe(false);
    await update(sandbox.settings, [domain]);
    expect(isFresh(sandbox)).toBe(false);
    await update(sandbox.settings);
    expect(isFresh(sandbox)).toBe(true);
  });

  test('is false where a domain could not be looked at', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain, 'two.example'] });
    unlinkSync(join(sandbox.root, '.virtfs/manifests', `${domain}.json`));
    await update(sandbox.settings);
    expect(isFresh(sandbox)).toBe(false);
  });

  test.for<readonly [string, (sandbox: Sandbox) => unknown]>([
    ['a profile changes', ({ putProfile }) => putProfile('small', `${small}\n# another`)],
    ['a domain is made', ({ settings }) => create({ settings, domains: ['two.example'] })],
    ['an alias is made by hand', ({ root }) => symlinkSync(domain, join(root, 'alias.example'))],
    ['a record is removed', ({ root }) => unlinkSync(join(root, '.virtfs/domains', `${domain}.json`))],
    ['its note is cut short', ({ root }) => appendFileSync(join(root, '.virtfs/cache/fresh.json'), '{')],
    ['a syslog socket appears', ({ root }) => listenAt(join(root, 'log'))],
  ])('is false when %s', async ([, change], { sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    await update(sandbox.settings);
    expect(isFresh(sandbox)).toBe(true);
    await change(sandbox);
    expect(isFresh(sandbox)).toBe(false);
  });

  test('is false when a file of the host changes, and the update takes its bytes without a new plan', {
    retry: 3,
  }, async ({ sandbox, quietFolder }) => {
    putTool(quietFolder, 'version 1');
    await sleep(settled);
    await createWithTool(sandbox, quietFolder, [domain], undefined);
    await sleep(settled);
    await update(sandbox.settings);
    const before = readKnown(sandbox);
    expect(isFresh(sandbox)).toBe(true);
    putTool(quietFolder, 'version 2');
    await sleep(settled);
    expect(isFresh(sandbox)).toBe(false);
    expect(describeChanges(await update(sandbox.settings))).toEqual([`replace ${quietFolder.slice(1)}/tool`]);
    expect(readFileSync(inTree(sandbox, `${quietFolder}/tool`), 'utf8')).toContain('version 2');
    const after = readKnown(sandbox);
    // What was planned is the same text; only what the host answered, and the layer it came to, are others.
    expect(after.plan).toBe(before.plan);
    expect(after.head).not.toBe(before.head);
    expect(isFresh(sandbox)).toBe(true);
    // What changed this lately could change again unseen.
    putTool(quietFolder, 'version 3');
    expect(describeChanges(await update(sandbox.settings))).toEqual([`replace ${quietFolder.slice(1)}/tool`]);
    expect(readKnown(sandbox)).toEqual(after);
    expect(isFresh(sandbox)).toBe(false);
    putTool(quietFolder, 'version 4', '/usr/bin/tail');
    expect(describeChanges(await update(sandbox.settings))).toContain('add usr/bin/tail');
  });

  test('lets an update with a kept plan see new secrets, and what the store lacks', async ({
    sandbox,
    hostFolder,
  }) => {
    await createWithTool(sandbox, hostFolder, [domain], undefined);
    await sleep(settled);
    await update(sandbox.settings, 'all', { repair: true });
    const tool = inTree(sandbox, `${hostFolder}/tool`);
    rmSync(findObject(sandbox, tool));
    rmSync(tool);
    await update(sandbox.settings, 'all', { repair: true });
    expect(readFileSync(tool, 'utf8')).toContain('version 1');
    putTool(hostFolder, '-----BEGIN OPENSSH PRIVATE KEY-----');
    await expect(update(sandbox.settings, [domain])).rejects.toMatchObject({ code: 'TREE_UNSAFE' });
    expect(readFileSync(tool, 'utf8')).toContain('version 1');
  });

  test('is true for packages and patterns too, until they come to something else', { retry: 3 }, async ({
    sandbox,
    quietFolder,
  }) => {
    writeFileSync(join(quietFolder, 'a.d'), 'a');
    sandbox.putProfile('small', `${small}\npackages = ["hostname"]\nfiles = ["${quietFolder}/*.d"]\n`);
    await sleep(settled);
    await create({ settings: sandbox.settings, domains: [domain] });
    await update(sandbox.settings);
    expect(isFresh(sandbox)).toBe(true);
    // What is kept says what packages and patterns came to; a plan that is made again asks anew.
    const layers = join(sandbox.root, '.virtfs/layers');
    for (const name of readdirSync(layers)) unlinkSync(join(layers, name));
    expect((await update(sandbox.settings)).domains).toEqual([]);
    writeFileSync(join(quietFolder, 'b.d'), 'b');
    expect(isFresh(sandbox)).toBe(false);
    expect(describeChanges(await update(sandbox.settings))).toEqual([`add ${quietFolder.slice(1)}/b.d`]);
  });
});

function isFresh({ settings }: Sandbox): boolean {
  return areFresh(settings, settings.root);
}

/** The object of the store whose inode a file of a tree has. */
function findObject({ root }: Sandbox, path: string): string {
  const store = join(root, '.virtfs/store');
  const { ino } = lstatSync(path, { bigint: true });
  return join(store, walk(store).find(({ stats }) => stats.ino === ino)?.path ?? '');
}

function readKnown({ root }: Sandbox): { readonly head: string; readonly plan: string } {
  const text = readFileSync(join(root, '.virtfs/cache/layer.small.json'), 'utf8');
  const at = text.indexOf(',"plan":');
  return { head: text.slice(0, at), plan: text.slice(at) };
}

async function listenAt(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((done) => {
    server.listen(path, done);
  });
  server.unref();
}
