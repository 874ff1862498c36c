import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { type KillPoint, runDriverKilled } from '../support/kill-command.ts';
import { hashOf, listTree, walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { listFindings } from '../support/run-check.ts';
import { create } from '../support/run-create.ts';
import { type Driver, runDriver, wasKilled } from '../support/run-driver.ts';
import { describeChanges, rollBack, update } from '../support/run-update.ts';
import { makeSandbox, removeSandbox, type Sandbox, sandboxTest as test } from '../support/trees-root.ts';
import type { UpdateWords } from '../support/update-driver.ts';
import { createWithTool, domain, inTree, putTool } from '../support/update-scene.ts';

describe.runIf(needs('root', { program: 'strace' }))('An update that was stopped', () => {
  test('leaves nothing behind when the host has changed back since', { timeout: 60_000 }, async ({
    sandbox,
    hostFolder,
  }) => {
    const before = await stopHalfway(sandbox, hostFolder, [domain, 'two.example']);
    expect(listTree(inTree(sandbox, ''))).not.toEqual(before);
    putTool(hostFolder, 'version 1');
    await update(sandbox.settings);
    expect(listTree(inTree(sandbox, ''))).toEqual(before);
    expect(await listFindings(sandbox, { deep: true })).toEqual([]);
    expect(existsSync(noteOf(sandbox))).toBe(false);
  });

  test('is undone by a rollback', { timeout: 60_000 }, async ({ sandbox, hostFolder }) => {
    const before = await stopHalfway(sandbox, hostFolder);
    await rollBack(sandbox.settings, domain);
    expect(listTree(inTree(sandbox, ''))).toEqual(before);
    expect(existsSync(noteOf(sandbox))).toBe(false);
    await expect(rollBack(sandbox.settings, domain)).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK' });
  });

  test('is still known of a domain that the next one passes by, or cannot look at', {
    timeout: 60_000,
  }, async ({ sandbox, hostFolder }) => {
    await stopHalfway(sandbox, hostFolder, [domain, 'two.example']);
    putTool(hostFolder, 'version 1');
    await update(sandbox.settings, ['two.example']);
    chmodSync(inTree(sandbox, ''), 0o777);
    await update(sandbox.settings);
    chmodSync(inTree(sandbox, ''), 0o755);
    expect(JSON.parse(readFileSync(noteOf(sandbox), 'utf8'))).toMatchObject({
      [domain]: [expect.any(String)],
    });
    await update(sandbox.settings, [domain]);
    expect(await listFindings(sandbox, { deep: true })).toEqual([]);
    expect(existsSync(noteOf(sandbox))).toBe(false);
  });
});

describe.runIf(needs('root'))('updateDomains, when what is noted of a tree is old or damaged', () => {
  test('plans a tree anew whose manifest has no facts, and changes nothing that is right', async ({
    sandbox,
  }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    const before = listTree(inTree(sandbox, ''));
    const { facts: _, updated: __, ...old } = readManifest(sandbox);
    writeFileSync(manifestOf(sandbox), JSON.stringify(old));
    expect((await update(sandbox.settings)).domains).toEqual([]);
    expect(listTree(inTree(sandbox, ''))).toEqual(before);
    expect(readManifest(sandbox)).toHaveProperty('facts');
  });

  test.for<readonly [string, (file: string) => void]>([
    ['gone', (file) => unlinkSync(file)],
    ['cut short', (file) => truncateSync(file, 100)],
  ])(
    'writes a layer again that is %s, and keeps the tree right',
    async ([, spoil], { sandbox, hostFolder }) => {
      await createWithTool(sandbox, hostFolder, [domain]);
      const before = listTree(inTree(sandbox, ''));
      spoil(layerOf(sandbox));
      writeFileSync(inTree(sandbox, '/etc/own.conf'), 'own\n');
      expect((await update(sandbox.settings, [domain], { repair: true })).domains).toEqual([]);
      expect(await listFindings(sandbox, { deep: true })).toEqual([]);
      rmSync(inTree(sandbox, '/etc/own.conf'));
      expect(listTree(inTree(sandbox, ''))).toEqual(before);
      spoil(layerOf(sandbox));
      putTool(hostFolder, 'version 2', '/usr/bin/tail');
      expect(describeChanges(await update(sandbox.settings))).toEqual([
        `add ${hostFolder.slice(1)}/tool`,
        'add usr/bin/tail',
      ]);
      await expect(rollBack(sandbox.settings, domain)).rejects.toMatchObject({
        code: 'NOTHING_TO_ROLL_BACK',
      });
    },
  );

  test('takes from the host what a damaged store lacks, with a repair', async ({ sandbox, hostFolder }) => {
    await createWithTool(sandbox, hostFolder, [domain, 'two.example']);
    const tool = inTree(sandbox, `${hostFolder}/tool`);
    const wanted = readFileSync(tool);
    const object = objectsOf(sandbox).find((path) => lstatSync(path).ino === lstatSync(tool).ino) ?? '';
    // As root inside could, whose tree shares the inode.
    writeFileSync(tool, Buffer.alloc(wanted.length, 'x'));
    expect(await listFindings(sandbox, { deep: true })).toContainEqual(
      expect.stringContaining('damaged-object'),
    );
    rmSync(object);
    const cache = objectsOf(sandbox).find(
      (path) => hashOf(path) === hashOf(inTree(sandbox, '/etc/ld.so.cache')),
    );
    rmSync(cache ?? '');
    await update(sandbox.settings, 'all', { repair: true });
    for (const each of [domain, 'two.example'])
      expect(readFileSync(inTree(sandbox, `${hostFolder}/tool`, each))).toEqual(wanted);
    expect(readFileSync(object)).toEqual(wanted);
    expect(await listFindings(sandbox, { deep: true })).toEqual([]);
    rmSync(inTree(sandbox, '/etc/ld.so.cache'));
    await update(sandbox.settings, 'all', { repair: true });
    expect(await listFindings(sandbox, { deep: true })).toEqual([]);
  });
});

describe.runIf(needs('root'))('updateDomains, when only what is a domain’s own changes', () => {
  // biome-ignore format: a table
  test.for<readonly [what: string, host: string, change: string, tree: string]>([
    ['time zone, which is no text', '/etc/localtime',  'cat /usr/share/zoneinfo/Asia/Kathmandu', '/etc/localtime'],
    ['login.defs',                  '/etc/login.defs', "sed 's/^UMASK.*/UMASK 027/' /etc/login.defs", '/etc/login.defs'],
  ])('follows the host’s %s', async ([, path, change, inside], { sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    await update(sandbox.settings);
    const script = `${change} >"$0/new"; mount --bind "$0/new" "$(realpath ${path})"; exec "$@"`;
    const before = readFileSync(inTree(sandbox, inside));
    const end = await runDriver(driverOf(sandbox), ['unshare', '--mount', 'sh', '-c', script, sandbox.base]);
    expect(end).toMatchObject({ status: 0 });
    expect(readFileSync(inTree(sandbox, inside))).not.toEqual(before);
  });

  test('follows the domain’s record', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    const file = join(sandbox.root, '.virtfs/domains', `${domain}.json`);
    const record = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...record, addresses: ['192.0.2.77'] }));
    expect(describeChanges(await update(sandbox.settings))).toEqual(['replace etc/hosts']);
    expect(readFileSync(inTree(sandbox, '/etc/hosts'), 'utf8')).toContain('192.0.2.77');
  });
});

describe.runIf(needs('root'))('updateDomains, when the disk takes no more', () => {
  test('says so wherever space ends, and is completed with more', { timeout: 60_000 }, async ({
    hostFolder,
  }) => {
    for (const pages of [0, 1, 2, 4, 8, 16]) {
      const sandbox = makeSandbox();
      try {
        await createWithTool(sandbox, hostFolder, [domain]);
        putTool(hostFolder, `version 2 ${'x'.repeat(20_000)}`, '/usr/bin/tail');
        const { blocks, bfree, bsize } = statfsSync(sandbox.disk);
        sandbox.remount(`size=${(blocks - bfree + pages) * bsize}`);
        await expect(update(sandbox.settings)).rejects.toMatchObject({ code: 'NO_SPACE', exitStatus: 74 });
        sandbox.remount('size=64m');
        await update(sandbox.settings);
        expect(await listFindings(sandbox, { deep: true })).toEqual([]);
        expect(readdirSync(join(sandbox.root, '.virtfs/stage'))).toEqual([]);
        expect(existsSync(noteOf(sandbox))).toBe(false);
      } finally {
        removeSandbox(sandbox);
      }
    }
  });

  test('says so where it is read-only', async ({ sandbox, hostFolder }) => {
    await createWithTool(sandbox, hostFolder, [domain]);
    putTool(hostFolder, 'version 2');
    sandbox.remount('ro');
    await expect(update(sandbox.settings)).rejects.toMatchObject({ code: 'READ_ONLY' });
    await expect(rollBack(sandbox.settings, domain)).rejects.toMatchObject({ code: 'READ_ONLY' });
  });
});

function driverOf({ settings }: Sandbox): Driver {
  const script = new URL('../support/update-driver.ts', import.meta.url).pathname;
  const words: UpdateWords = { action: 'update', settings, domain };
  return { script, words };
}

/** Kills an update to a tool that needs more, when all of it has its place in the tree; gives the tree before. */
async function stopHalfway(
  sandbox: Sandbox,
  hostFolder: string,
  domains: readonly string[] = [domain],
): Promise<readonly string[]> {
  const point = await findHalfway(hostFolder, domains);
  putTool(hostFolder, 'version 1');
  await createWithTool(sandbox, hostFolder, domains);
  const before = listTree(inTree(sandbox, ''));
  putTool(hostFolder, 'version 2', '/usr/bin/tail');
  const end = await runDriverKilled(driverOf(sandbox), point);
  expect(wasKilled(end)).toBe(true);
  expect(existsSync(noteOf(sandbox))).toBe(true);
  expect(existsSync(inTree(sandbox, '/usr/bin/tail'))).toBe(true);
  return before;
}

/** The call by which the manifest of the first tree gets its name: its files have theirs by then. */
async function findHalfway(hostFolder: string, domains: readonly string[]): Promise<KillPoint> {
  const sandbox = makeSandbox();
  try {
    await createWithTool(sandbox, hostFolder, domains);
    putTool(hostFolder, 'version 2', '/usr/bin/tail');
    const log = join(sandbox.base, 'log');
    await runDriver(driverOf(sandbox), ['strace', '-f', '-qq', '-o', log, '-e', 'trace=renameat']);
    const renames = readFileSync(log, 'utf8').trimEnd().split('\n');
    return { call: 'renameat', nth: renames.findLastIndex((line) => line.includes(`"${domain}.json"`)) + 1 };
  } finally {
    removeSandbox(sandbox);
  }
}

function noteOf({ root }: Sandbox): string {
  return join(root, '.virtfs/layers/unfinished.json');
}

function manifestOf({ root }: Sandbox): string {
  return join(root, '.virtfs/manifests', `${domain}.json`);
}

function readManifest(sandbox: Sandbox): { readonly layer: string } & Record<string, unknown> {
  return JSON.parse(readFileSync(manifestOf(sandbox), 'utf8'));
}

function layerOf(sandbox: Sandbox): string {
  return join(sandbox.root, '.virtfs/layers', `${readManifest(sandbox).layer}.json`);
}

function objectsOf({ root }: Sandbox): readonly string[] {
  const store = join(root, '.virtfs/store');
  return walk(store)
    .filter(({ stats }) => stats.isFile())
    .map(({ path }) => join(store, path));
}
