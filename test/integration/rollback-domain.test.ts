import { lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { needs } from '../support/needs.ts';
import { describeChanges, rollBack, update } from '../support/run-update.ts';
import { sandboxTest as test } from '../support/trees-root.ts';
import { createWithTool, domain, inTree, putTool } from '../support/update-scene.ts';

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
    const objects = readdirSync(store, { recursive: true, encoding: 'utf8' });
    const object = objects.find(
      (name) => lstatSync(join(store, name)).isFile() && readFileSync(join(store, name)).equals(content),
    );
    rmSync(join(store, object ?? ''));
    await expect(rollBack(sandbox.settings, domain)).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK' });
    expect(readFileSync(inTree(sandbox, `${hostFolder}/tool`), 'utf8')).toContain('version 2');
  });
});
