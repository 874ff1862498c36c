import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { areFresh } from '../../src/pipeline/fresh-trees.ts';
import type { UpdateResult } from '../../src/pipeline/update-request.ts';
import { needs } from '../support/needs.ts';
import { startPosixLocker } from '../support/posix-locker.ts';
import { create } from '../support/run-create.ts';
import { describeChanges, update } from '../support/run-update.ts';
import { type Sandbox, small, sandboxTest as test } from '../support/trees-root.ts';
import { createWithTool, domain, inTree, putTool } from '../support/update-scene.ts';

const two = 'two.example';

describe.runIf(needs('root'))('updateDomains, when something is wrong with one tree', () => {
  test.for<readonly [string, (sandbox: Sandbox) => unknown]>([
    ['its profile is gone', ({ settings }) => rmSync(join(settings.profilesDir, 'other.toml'))],
    ['its profile is no TOML', ({ putProfile }) => putProfile('other', 'commands = [')],
    ['its profile names a command that is not here', ({ putProfile }) => putProfile('other', noSuchCommand)],
    ['its record is of another shape', ({ root }) => changeRecord(root, ({ uids: _, ...record }) => record)],
    ['its manifest is gone', ({ root }) => rmSync(join(root, '.virtfs/manifests', `${domain}.json`))],
    [
      'its manifest is cut short',
      ({ root }) => writeFileSync(manifestOf(root), '{"version":1,"domain":"one'),
    ],
    ['others may write its tree', ({ root }) => chmodSync(join(root, domain), 0o777)],
  ])(
    'goes on with the others where %s, says so, and is not done',
    async ([, spoil], { sandbox, hostFolder }) => {
      await createTwo(sandbox, hostFolder);
      spoil(sandbox);
      putTool(hostFolder, 'version 2');
      const result = await update(sandbox.settings);
      expect(conflictsOf(result, domain)).toHaveLength(1);
      expect(conflictsOf(result, two)).toEqual([]);
      expect(describeChanges(result, two)).toEqual([`replace ${hostFolder.slice(1)}/tool`]);
      expect(areFresh(sandbox.settings, sandbox.root)).toBe(false);
      await expect(update(sandbox.settings, [domain])).rejects.toThrow();
    },
  );

  test('plans for its profiles though the first record of these is broken', async ({
    sandbox,
    hostFolder,
  }) => {
    await createWithTool(sandbox, hostFolder, [domain, two]);
    changeRecord(sandbox.root, ({ uids: _, ...record }) => record);
    putTool(hostFolder, 'version 2', '/usr/bin/tail');
    const result = await update(sandbox.settings);
    expect(conflictsOf(result, domain)).toHaveLength(1);
    expect(describeChanges(result, two)).toContain('add usr/bin/tail');
  });

  test('leaves what root of a tree made immutable, and says so until it is mended', async ({
    hostFolder,
    sandbox,
  }) => {
    await createWithTool(sandbox, hostFolder, [domain, two]);
    // tmpfs takes the flag since Linux 6.6.
    execFileSync('chattr', ['+i', inTree(sandbox, hostFolder)]);
    try {
      putTool(hostFolder, 'version 2');
      const result = await update(sandbox.settings);
      expect(conflictsOf(result, domain)).toHaveLength(1);
      expect(describeChanges(result, two)).toEqual([`replace ${hostFolder.slice(1)}/tool`]);
      expect(conflictsOf(await update(sandbox.settings, [domain]), domain)).toHaveLength(1);
    } finally {
      execFileSync('chattr', ['-i', inTree(sandbox, hostFolder)]);
    }
    await update(sandbox.settings);
    expect(readFileSync(inTree(sandbox, `${hostFolder}/tool`), 'utf8')).toContain('version 2');
  });

  test('neither changes nor removes what the administrator mounted into a tree', async ({
    sandbox,
    hostFolder,
  }) => {
    await createWithTool(sandbox, hostFolder, [domain], '/usr/bin/tail');
    const mounted = inTree(sandbox, '/usr/bin');
    const outside = join(sandbox.base, 'outside');
    // What was laid, to the byte, owner and mode.
    execFileSync('cp', ['-a', mounted, outside]);
    chmodSync(outside, 0o700);
    execFileSync('mount', ['--bind', outside, mounted]);
    putTool(hostFolder, 'version 2');
    const result = await update(sandbox.settings, [domain], { repair: true });
    expect(existsSync(join(outside, 'tail'))).toBe(true);
    expect(statSync(outside).mode & 0o7777).toBe(0o700);
    expect(conflictsOf(result, domain)).not.toEqual([]);
    execFileSync('umount', [mounted]);
    await update(sandbox.settings);
    expect(existsSync(inTree(sandbox, '/usr/bin/tail'))).toBe(false);
    expect((await update(sandbox.settings, [domain], { repair: true })).domains).toEqual([]);
  });

  test('waits for nobody who keeps the accounts of a tree locked, and adds to them later', {
    timeout: 60_000,
  }, async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain, two] });
    sandbox.putProfile('small', small.replace('users = ["mail"]', 'users = ["mail", "games"]'));
    {
      await using _ = await startPosixLocker(inTree(sandbox, '/etc/.pwd.lock'));
      expect(conflictsOf(await update(sandbox.settings, [domain]), domain)).toHaveLength(1);
    }
    expect(describeChanges(await update(sandbox.settings), domain)).toEqual(['replace etc/passwd']);
    expect((await update(sandbox.settings)).domains).toEqual([]);
  });

  test('does not bring back people the domain removed', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    const passwd = inTree(sandbox, '/etc/passwd');
    writeFileSync(passwd, readFileSync(passwd, 'utf8').replace(/^admin:.*\n/mu, ''));
    sandbox.putProfile('small', small.replace('users = ["mail"]', 'users = ["mail", "games"]'));
    expect(describeChanges(await update(sandbox.settings))).toEqual(['replace etc/passwd']);
    expect(readFileSync(passwd, 'utf8')).not.toMatch(/^admin:/mu);
  });

  test('says each time that an account is left out whose number is taken', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    appendFileSync(inTree(sandbox, '/etc/passwd'), 'mine:x:5:200005::/:/bin/sh\n');
    sandbox.putProfile('small', small.replace('users = ["mail"]', 'users = ["mail", "games"]'));
    for (const _ of [1, 2]) expect(conflictsOf(await update(sandbox.settings), domain)).toHaveLength(1);
  });
});

describe.runIf(needs('root'))('updateDomains, when an upgrade brings a secret', () => {
  test.for([undefined, '/usr/bin/tail'])(
    'lets none of it into a tree (tool for %s)',
    async (interpreter, { sandbox, hostFolder }) => {
      await createWithTool(sandbox, hostFolder, [domain]);
      const begin = '-----BEGIN OPENSSH PRIVATE KEY-----';
      putTool(hostFolder, `${begin}\nb3BlbnNzaC1rZXk`, interpreter);
      await expect(update(sandbox.settings, [domain])).rejects.toMatchObject({ code: 'TREE_UNSAFE' });
      expect(readFileSync(inTree(sandbox, `${hostFolder}/tool`), 'utf8')).toContain('version 1');
      const found = spawnSync('grep', ['-rlF', '-e', begin, join(sandbox.root, '.virtfs')], {
        encoding: 'utf8',
      });
      expect(found).toMatchObject({ status: 1, stdout: '' });
    },
  );
});

const noSuchCommand = `${small}\n`.replace('"sh",', '"sh", "no-such-command",');

/** One with a profile of its own, and one beside it. */
async function createTwo(sandbox: Sandbox, hostFolder: string): Promise<void> {
  sandbox.putProfile('other', `${small}\nfiles = ["${hostFolder}/tool"]\n`);
  putTool(hostFolder, 'version 1');
  await create({ settings: sandbox.settings, domains: [domain], profiles: ['other'] });
  await createWithTool(sandbox, hostFolder, [two]);
}

function conflictsOf({ domains }: UpdateResult, domain: string): readonly string[] {
  return domains.filter((each) => each.domain === domain).flatMap(({ conflicts }) => conflicts);
}

function manifestOf(root: string): string {
  return join(root, '.virtfs/manifests', `${domain}.json`);
}

function changeRecord(root: string, change: (record: Record<string, unknown>) => unknown): void {
  const file = join(root, '.virtfs/domains', `${domain}.json`);
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
}
