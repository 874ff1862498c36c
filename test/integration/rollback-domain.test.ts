import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { listTree, walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { describeChanges, rollBack, update } from '../support/run-update.ts';
import { type Sandbox, small, sandboxTest as test } from '../support/trees-root.ts';
import { createWithTool, domain, inTree, putTemplate, putTool } from '../support/update-scene.ts';

describe.runIf(needs('root'))('rollbackDomain', () => {
  test('puts the files before the last update back, keeps what is the domain’s, and holds it', async ({
    sandbox,
    hostFolder,
  }) => {
    await createWithTool(sandbox, hostFolder, [domain, 'two.example']);
    putTool(hostFolder, 'version 2', '/usr/bin/tail');
    await update(sandbox.settings);
    writeFileSync(inTree(sandbox, '/etc/hosts'), 'ours\n');
    const result = await rollBack(sandbox.settings, domain);
    expect(describeChanges(result)).toEqual(['remove usr/bin/tail', `replace ${hostFolder.slice(1)}/tool`]);
    expect(readFileSync(inTree(sandbox, `${hostFolder}/tool`), 'utf8')).toContain('version 1');
    expect(readFileSync(inTree(sandbox, '/etc/hosts'), 'utf8')).toBe('ours\n');
    expect(await update(sandbox.settings)).toMatchObject({ domains: [], held: [domain] });
    expect(describeChanges(await update(sandbox.settings, [domain]))).toEqual([
      'add usr/bin/tail',
      `replace ${hostFolder.slice(1)}/tool`,
    ]);
    expect(await update(sandbox.settings)).toMatchObject({ domains: [], held: [] });
  });

  test('puts back what the dynamic loader goes by', async ({ sandbox, hostFolder }) => {
    await createWithTool(sandbox, hostFolder, [domain]);
    const before = listSystem(sandbox);
    putTool(hostFolder, 'version 2', '/usr/bin/bash');
    expect(describeChanges(await update(sandbox.settings))).toContain('replace etc/ld.so.cache');
    expect(describeChanges(await rollBack(sandbox.settings, domain))).toContain('replace etc/ld.so.cache');
    expect(listSystem(sandbox)).toEqual(before);
  });

  test.for<readonly [string, (sandbox: Sandbox, hostFolder: string) => unknown, string]>([
    ['configuration alone', (sandbox) => putTemplate(sandbox, 'another\n'), 'replace etc/motd'],
    ['configuration that trees share', putFileInEtc, 'add etc/debconf.conf'],
    ['what is the domain’s own', ({ root }) => listenAt(join(root, 'log')), 'add dev/log'],
  ])('passes over an update of %s', async ([, change, shown], { sandbox, hostFolder }) => {
    await createWithTool(sandbox, hostFolder, [domain]);
    putTool(hostFolder, 'version 2');
    await update(sandbox.settings);
    await change(sandbox, hostFolder);
    expect(describeChanges(await update(sandbox.settings))).toEqual([shown]);
    expect(describeChanges(await rollBack(sandbox.settings, domain))).toEqual([
      `replace ${hostFolder.slice(1)}/tool`,
    ]);
    expect(existsSync(inTree(sandbox, shown.split(' ')[1] ?? ''))).toBe(true);
  });

  test('leaves configuration that came with the same update', async ({ sandbox, hostFolder }) => {
    await createWithTool(sandbox, hostFolder, [domain]);
    putTool(hostFolder, 'version 2');
    putFileInEtc(sandbox, hostFolder);
    await update(sandbox.settings);
    expect(describeChanges(await rollBack(sandbox.settings, domain))).toEqual([
      `replace ${hostFolder.slice(1)}/tool`,
    ]);
  });

  test('holds the domain until it is updated by name, though there be nothing to change', async ({
    sandbox,
    hostFolder,
  }) => {
    await createWithTool(sandbox, hostFolder, [domain]);
    putTool(hostFolder, 'version 2');
    await update(sandbox.settings);
    await rollBack(sandbox.settings, domain);
    putTool(hostFolder, 'version 1');
    expect(await update(sandbox.settings)).toMatchObject({ held: [domain] });
    expect(await update(sandbox.settings, [domain])).toMatchObject({ domains: [] });
    expect(await update(sandbox.settings)).toMatchObject({ held: [] });
  });

  test('says each time what stands in the way, and is completed when that is gone', async ({
    sandbox,
    hostFolder,
  }) => {
    await createWithTool(sandbox, hostFolder, [domain]);
    const before = listSystem(sandbox);
    putTool(hostFolder, 'version 2', '/usr/bin/tail');
    await update(sandbox.settings);
    const tool = inTree(sandbox, `${hostFolder}/tool`);
    rmSync(tool);
    mkdirSync(tool);
    writeFileSync(join(tool, 'letter'), 'mine');
    for (const _ of [1, 2]) {
      expect((await rollBack(sandbox.settings, domain)).domains[0]?.conflicts).toHaveLength(1);
      expect(await update(sandbox.settings)).toMatchObject({ domains: [], held: [domain] });
    }
    rmSync(tool, { recursive: true });
    expect((await rollBack(sandbox.settings, domain)).domains[0]?.conflicts).toEqual([]);
    expect(listSystem(sandbox)).toEqual(before);
  });

  test('refuses where no update changed the tree, and a second time', async ({ sandbox, hostFolder }) => {
    await createWithTool(sandbox, hostFolder, [domain]);
    await expect(rollBack(sandbox.settings, domain)).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK' });
    putTool(hostFolder, 'version 2');
    await update(sandbox.settings);
    await rollBack(sandbox.settings, domain);
    await expect(rollBack(sandbox.settings, domain)).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK' });
  });

  test('changes nothing when the store lacks a file it needs', async ({ sandbox, hostFolder }) => {
    await createWithTool(sandbox, hostFolder, [domain]);
    const content = readFileSync(join(hostFolder, 'tool'));
    putTool(hostFolder, 'version 2');
    await update(sandbox.settings);
    const store = join(sandbox.root, '.virtfs/store');
    const object = walk(store).find(
      ({ path, stats }) => stats.isFile() && readFileSync(join(store, path)).equals(content),
    );
    rmSync(join(store, object?.path ?? ''));
    await expect(rollBack(sandbox.settings, domain)).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK' });
    expect(readFileSync(inTree(sandbox, `${hostFolder}/tool`), 'utf8')).toContain('version 2');
  });
});

function listSystem(sandbox: Sandbox): readonly string[] {
  return listTree(inTree(sandbox, '')).filter((line) => /^(?:usr|opt|dev|etc\/ld\.so\.cache)\b/u.test(line));
}

/** A file below etc that all trees of the profile have. */
function putFileInEtc({ putProfile }: Sandbox, hostFolder: string): void {
  putProfile('small', `${small}\nfiles = ["${hostFolder}/tool", "/etc/debconf.conf"]\n`);
}

async function listenAt(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((done) => {
    server.listen(path, done);
  });
  server.unref();
}
