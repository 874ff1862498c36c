import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { listFindings } from '../support/run-check.ts';
import { create } from '../support/run-create.ts';
import { describeChanges, rollBack, update } from '../support/run-update.ts';
import {
  makeSandbox,
  removeSandbox,
  type Sandbox,
  small,
  sandboxTest as test,
} from '../support/trees-root.ts';
import { domain, inTree, putTemplate, putTool } from '../support/update-scene.ts';

describe.runIf(needs('root'))('updateDomains, when what upstream has is of another kind', () => {
  test('makes a link of a folder once what was laid in it is gone', async ({ sandbox, hostFolder }) => {
    await createWithFolder(sandbox, hostFolder);
    turnIntoLink(hostFolder);
    const result = await update(sandbox.settings);
    expect(result.domains[0]?.conflicts).toEqual([]);
    expect(readlinkSync(inTree(sandbox, `${hostFolder}/shape`))).toBe('other');
    expect(readFileSync(inTree(sandbox, `${hostFolder}/shape/file`), 'utf8')).toBe('in other\n');
    expect((await update(sandbox.settings, [domain], { repair: true })).domains).toEqual([]);
    expect(await listFindings(sandbox, { deep: true })).toEqual([]);
  });

  test('keeps a folder that holds what is the domain’s, says so each time, and makes it a link afterwards', async ({
    sandbox,
    hostFolder,
  }) => {
    await createWithFolder(sandbox, hostFolder);
    const own = inTree(sandbox, `${hostFolder}/shape/own`);
    writeFileSync(own, 'mine');
    turnIntoLink(hostFolder);
    for (const _ of [1, 2]) expect((await update(sandbox.settings)).domains[0]?.conflicts).toHaveLength(1);
    expect(readFileSync(own, 'utf8')).toBe('mine');
    unlinkSync(own);
    expect(describeChanges(await update(sandbox.settings))).toEqual([`replace ${hostFolder.slice(1)}/shape`]);
    expect((await update(sandbox.settings)).domains).toEqual([]);
  });

  test('makes a folder of a link, and writes nothing where the link led', async ({ sandbox, hostFolder }) => {
    await createWithFolder(sandbox, hostFolder);
    turnIntoLink(hostFolder);
    await update(sandbox.settings);
    unlinkSync(join(hostFolder, 'shape'));
    putFolder(hostFolder, 'shape', 'again\n');
    expect((await update(sandbox.settings)).domains[0]?.conflicts).toEqual([]);
    expect(readFileSync(inTree(sandbox, `${hostFolder}/shape/file`), 'utf8')).toBe('again\n');
    expect(readFileSync(inTree(sandbox, `${hostFolder}/other/file`), 'utf8')).toBe('in other\n');
  });

  test('rolls a folder that became a link back', async ({ sandbox, hostFolder }) => {
    await createWithFolder(sandbox, hostFolder);
    const before = listTree(inTree(sandbox, ''));
    turnIntoLink(hostFolder);
    await update(sandbox.settings);
    await rollBack(sandbox.settings, domain);
    expect(listTree(inTree(sandbox, ''))).toEqual(before);
  });

  test('gives a program another mode, set-id or not', async ({ sandbox, hostFolder }) => {
    const tool = join(hostFolder, 'tool');
    putTool(hostFolder, 'version 1');
    const profile = `${small}\nfiles = ["${hostFolder}/tool"]\n`;
    sandbox.putProfile('small', profile);
    await create({ settings: sandbox.settings, domains: [domain, 'two.example'] });
    sandbox.putProfile('small', profile.replace('setid = [', `setid = ["${tool}", `));
    chmodSync(tool, 0o4755);
    expect(describeChanges(await update(sandbox.settings), domain)).toEqual([`replace ${tool.slice(1)}`]);
    for (const each of [domain, 'two.example'])
      expect(statSync(inTree(sandbox, tool, each)).mode & 0o7777).toBe(0o4755);
    // A set-id inode is shared by none.
    expect(statSync(inTree(sandbox, tool)).nlink).toBe(1);
    sandbox.putProfile('small', profile);
    await update(sandbox.settings);
    expect(statSync(inTree(sandbox, tool)).mode & 0o7777).toBe(0o755);
    expect(await listFindings(sandbox)).toEqual([]);
  });

  test('follows a file from the layer into the domain’s own part and back', async ({
    sandbox,
    hostFolder,
  }) => {
    putFolder(hostFolder, 'shape', 'file\n');
    const asFile = `${small}\nfiles = ["${hostFolder}/shape"]\n`;
    const path = `${hostFolder}/shape`;
    const asDirectory = `${small}\ndirectories = [{ path = "${path}", owner = "webmaster", group = "www", mode = "2755" }]\n`;
    sandbox.putProfile('small', asFile);
    await create({ settings: sandbox.settings, domains: [domain] });
    sandbox.putProfile('small', asDirectory);
    await update(sandbox.settings);
    expect(readdirSync(inTree(sandbox, path))).toEqual([]);
    expect(statSync(inTree(sandbox, path)).mode & 0o7777).toBe(0o2755);
    expect(statSync(inTree(sandbox, path)).uid).toBe(200_000);
    expect(await listFindings(sandbox)).toEqual([]);
    sandbox.putProfile('small', asFile);
    await update(sandbox.settings);
    expect(readFileSync(inTree(sandbox, `${path}/file`), 'utf8')).toBe('file\n');
    expect(statSync(inTree(sandbox, path)).uid).toBe(0);
    expect(await listFindings(sandbox)).toEqual([]);
  });

  test('gives a tree another name of the socket a syslog daemon made anew', async ({ sandbox }) => {
    mkdirSync(sandbox.root);
    const socket = join(sandbox.root, 'log');
    const first = await listenAt(socket);
    try {
      await create({ settings: sandbox.settings, domains: [domain] });
      expect(isSame(socket, inTree(sandbox, '/dev/log'))).toBe(true);
    } finally {
      await new Promise((done) => first.close(done));
    }
    rmSync(socket, { force: true });
    const second = await listenAt(socket);
    try {
      expect(isSame(socket, inTree(sandbox, '/dev/log'))).toBe(false);
      expect(describeChanges(await update(sandbox.settings))).toEqual(['replace dev/log']);
      expect(isSame(socket, inTree(sandbox, '/dev/log'))).toBe(true);
      // Looked at again, and left.
      putTemplate(sandbox, 'another\n');
      expect(describeChanges(await update(sandbox.settings))).toEqual(['replace etc/motd']);
    } finally {
      await new Promise((done) => second.close(done));
    }
  });

  for (const [disk, link] of [
    ['btrfs', 'reflink'],
    ['xfs', 'reflink'],
    ['tmpfs', 'copy'],
  ] as const) {
    test(`works on ${disk} with ${link}, and rolls back`, async ({ hostFolder, skip }) => {
      skip(disk !== 'tmpfs' && !needs({ program: `mkfs.${disk}` }));
      const sandbox = makeSandbox(disk);
      try {
        putTool(hostFolder, 'version 1');
        sandbox.putProfile('small', `${small}\nfiles = ["${hostFolder}/tool"]\n`);
        await create({ settings: sandbox.settings, domains: [domain], link });
        const before = listTree(inTree(sandbox, ''));
        putTool(hostFolder, 'version 2');
        expect(describeChanges(await update(sandbox.settings))).toEqual([
          `replace ${hostFolder.slice(1)}/tool`,
        ]);
        expect(statSync(inTree(sandbox, `${hostFolder}/tool`)).nlink).toBe(1);
        writeFileSync(inTree(sandbox, '/usr/bin/cat'), 'no program');
        expect(describeChanges(await update(sandbox.settings, 'all', { repair: true }))).toEqual([
          'replace usr/bin/cat',
        ]);
        expect(await listFindings(sandbox, { deep: true })).toEqual([]);
        await rollBack(sandbox.settings, domain);
        expect(listTree(inTree(sandbox, ''))).toEqual(before);
      } finally {
        removeSandbox(sandbox);
      }
    });
  }
});

/** A folder with a file, and another one beside it. */
async function createWithFolder(sandbox: Sandbox, hostFolder: string): Promise<void> {
  putFolder(hostFolder, 'shape', 'in shape\n');
  putFolder(hostFolder, 'other', 'in other\n');
  sandbox.putProfile('small', `${small}\nfiles = ["${hostFolder}/shape", "${hostFolder}/other"]\n`);
  await create({ settings: sandbox.settings, domains: [domain] });
  expect(existsSync(inTree(sandbox, `${hostFolder}/shape/file`))).toBe(true);
}

function putFolder(hostFolder: string, name: string, text: string): void {
  mkdirSync(join(hostFolder, name));
  writeFileSync(join(hostFolder, name, 'file'), text);
}

function turnIntoLink(hostFolder: string): void {
  rmSync(join(hostFolder, 'shape'), { recursive: true });
  symlinkSync('other', join(hostFolder, 'shape'));
}

function isSame(one: string, other: string): boolean {
  return lstatSync(one).ino === lstatSync(other).ino;
}

async function listenAt(path: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((done) => {
    server.listen(path, done);
  });
  chmodSync(path, 0o666);
  return server;
}
