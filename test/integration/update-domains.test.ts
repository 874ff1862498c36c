import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { describeChanges, update } from '../support/run-update.ts';
import { type Sandbox, small, sandboxTest as test } from '../support/trees-root.ts';
import {
  createWithTemplate,
  createWithTool,
  domain,
  inTree,
  putTemplate,
  putTool,
} from '../support/update-scene.ts';

describe.runIf(needs('root'))('updateDomains', () => {
  test('finds nothing to do where nothing changed', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain, 'two.example'] });
    const before = fingerprintOf(sandbox);
    expect((await update(sandbox.settings)).domains).toEqual([]);
    expect(fingerprintOf(sandbox)).toEqual(before);
  });

  test('gives every tree the new version, and a running program keeps the old one', async ({
    sandbox,
    hostFolder,
  }) => {
    await createWithTool(sandbox, hostFolder, [domain, 'two.example']);
    const old = lstatSync(inTree(sandbox, `${hostFolder}/tool`)).ino;
    putTool(hostFolder, 'version 2');
    const result = await update(sandbox.settings);
    expect(describeChanges(result)).toEqual([
      `replace ${hostFolder.slice(1)}/tool`,
      `replace ${hostFolder.slice(1)}/tool`,
    ]);
    for (const each of [domain, 'two.example'])
      expect(readFileSync(inTree(sandbox, `${hostFolder}/tool`, each), 'utf8')).toContain('version 2');
    expect(lstatSync(inTree(sandbox, `${hostFolder}/tool`)).ino).not.toBe(old);
    expect(stageOf(sandbox)).toEqual([]);
    expect((await update(sandbox.settings)).domains).toEqual([]);
  });

  test('plans anew when what a program needs is another', async ({ sandbox, hostFolder }) => {
    await createWithTool(sandbox, hostFolder, [domain]);
    putTool(hostFolder, 'version 2', '/usr/bin/tail');
    expect(existsSync(inTree(sandbox, '/usr/bin/tail'))).toBe(false);
    expect(describeChanges(await update(sandbox.settings))).toEqual([
      'add usr/bin/tail',
      `replace ${hostFolder.slice(1)}/tool`,
    ]);
    putTool(hostFolder, 'version 3');
    expect(describeChanges(await update(sandbox.settings))).toEqual([
      `remove usr/bin/tail`,
      `replace ${hostFolder.slice(1)}/tool`,
    ]);
  });

  test('changes nothing with a dry run, and says what it would do', async ({ sandbox, hostFolder }) => {
    await createWithTool(sandbox, hostFolder, [domain]);
    putTool(hostFolder, 'version 2', '/usr/bin/tail');
    const before = fingerprintOf(sandbox);
    const result = await update(sandbox.settings, [domain], { dryRun: true });
    expect(describeChanges(result)).toEqual(['add usr/bin/tail', `replace ${hostFolder.slice(1)}/tool`]);
    expect(fingerprintOf(sandbox)).toEqual(before);
  });

  test('keeps what the domain changed of its configuration, and lays the new one beside it', async ({
    sandbox,
  }) => {
    await createWithTemplate(sandbox, 'first\n');
    putTemplate(sandbox, 'second\n');
    expect(describeChanges(await update(sandbox.settings))).toEqual(['replace etc/motd']);
    writeFileSync(inTree(sandbox, '/etc/motd'), 'ours\n');
    expect((await update(sandbox.settings)).domains).toEqual([]);
    putTemplate(sandbox, 'third\n');
    expect(describeChanges(await update(sandbox.settings))).toEqual(['lay beside etc/motd']);
    expect(readFileSync(inTree(sandbox, '/etc/motd'), 'utf8')).toBe('ours\n');
    expect(readFileSync(inTree(sandbox, '/etc/motd.virtfs-new'), 'utf8')).toBe('third\n');
    expect((await update(sandbox.settings)).domains).toEqual([]);
  });

  test('does not bring back configuration that the domain removed', async ({ sandbox }) => {
    await createWithTemplate(sandbox, 'first\n');
    rmSync(inTree(sandbox, '/etc/motd'));
    putTemplate(sandbox, 'second\n');
    expect((await update(sandbox.settings)).domains).toEqual([]);
    expect(existsSync(inTree(sandbox, '/etc/motd'))).toBe(false);
  });

  test('never touches what the domain added, nor passwords, homes and mail', async ({
    sandbox,
    hostFolder,
  }) => {
    await createWithTool(sandbox, hostFolder, [domain]);
    mkdirSync(inTree(sandbox, '/usr/local/bin'), { recursive: true });
    const own = [
      '/usr/local/bin/own',
      '/home/a/admin/letter',
      '/etc/own.conf',
      '/var/mail/admin',
      `${hostFolder}/own`,
    ];
    for (const path of own) writeFileSync(inTree(sandbox, path), `own ${path}\n`);
    const shadow = readFileSync(inTree(sandbox, '/etc/shadow'), 'utf8').replace('admin:!', 'admin:$y$secret');
    writeFileSync(inTree(sandbox, '/etc/shadow'), shadow);
    // The tool goes, and with it the folder it was in, if only it were empty.
    rmSync(join(hostFolder, 'tool'));
    sandbox.putProfile('small', small);
    const result = await update(sandbox.settings);
    expect(describeChanges(result)).toContain(`remove ${hostFolder.slice(1)}/tool`);
    for (const path of own) expect(readFileSync(inTree(sandbox, path), 'utf8')).toBe(`own ${path}\n`);
    expect(readFileSync(inTree(sandbox, '/etc/shadow'), 'utf8')).toBe(shadow);
  });

  test('gives the tree the accounts a profile asks for by now, and keeps its own', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    const own = 'bob:x:200005:200005::/home/b/bob:/bin/sh\n';
    writeFileSync(inTree(sandbox, '/etc/passwd'), own, { flag: 'a' });
    sandbox.putProfile('small', small.replace('users = ["mail"]', 'users = ["mail", "games"]'));
    expect(describeChanges(await update(sandbox.settings))).toContain('replace etc/passwd');
    const passwd = readFileSync(inTree(sandbox, '/etc/passwd'), 'utf8');
    expect(passwd).toContain(own);
    expect(passwd).toMatch(/^games:x:5:60:/mu);
    expect((await update(sandbox.settings)).domains).toEqual([]);
  });

  test('keeps a library that nothing else asks for as long as a program of the domain needs it', async ({
    sandbox,
    hostFolder,
  }) => {
    await createWithTool(sandbox, hostFolder, [domain], '/usr/bin/bash');
    const library = readdirSync(inTree(sandbox, '/usr/lib/x86_64-linux-gnu')).filter((name) =>
      name.startsWith('libtinfo'),
    );
    expect(library.length).toBeGreaterThan(0);
    mkdirSync(inTree(sandbox, '/usr/local/bin'), { recursive: true });
    execFileSync('cp', ['/usr/bin/bash', inTree(sandbox, '/usr/local/bin/shell')]);
    putTool(hostFolder, 'version 2');
    const kept = await update(sandbox.settings);
    expect(describeChanges(kept)).toContain('remove usr/bin/bash');
    for (const name of library)
      expect(existsSync(inTree(sandbox, `/usr/lib/x86_64-linux-gnu/${name}`))).toBe(true);
    expect(describeChanges(kept)).toContain(`keep usr/lib/x86_64-linux-gnu/libtinfo.so.6`);
    rmSync(inTree(sandbox, '/usr/local/bin/shell'));
    putTool(hostFolder, 'version 3', '/usr/bin/tail');
    expect(describeChanges(await update(sandbox.settings))).toContain(
      'remove usr/lib/x86_64-linux-gnu/libtinfo.so.6',
    );
  });

  test('puts right with a repair what is not as it was laid', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    const ls = inTree(sandbox, '/usr/bin/ls');
    const ino = lstatSync(ls).ino;
    rmSync(ls);
    writeFileSync(ls, '#!/bin/sh\necho no\n', { mode: 0o4777 });
    rmSync(inTree(sandbox, '/usr/bin/cat'));
    symlinkSync('/etc/passwd', inTree(sandbox, '/usr/bin/cat'));
    chmodSync(inTree(sandbox, '/usr/bin'), 0o777);
    rmSync(inTree(sandbox, '/dev/null'));
    rmSync(inTree(sandbox, '/dev/zero'));
    execFileSync('mknod', ['-m', '666', inTree(sandbox, '/dev/zero'), 'c', '1', '3']);
    rmSync(inTree(sandbox, '/usr/bin/sh'));
    symlinkSync('ls', inTree(sandbox, '/usr/bin/sh'));
    expect((await update(sandbox.settings)).domains).toEqual([]);
    const result = await update(sandbox.settings, [domain], { repair: true });
    expect(describeChanges(result)).toEqual([
      'replace dev/null',
      'replace dev/zero',
      'replace usr/bin',
      'replace usr/bin/cat',
      'replace usr/bin/ls',
      'replace usr/bin/sh',
    ]);
    expect(lstatSync(ls).ino).toBe(ino);
    expect(statSync(inTree(sandbox, '/usr/bin')).mode & 0o7777).toBe(0o755);
    expect(lstatSync(inTree(sandbox, '/dev/null')).isCharacterDevice()).toBe(true);
    expect((await update(sandbox.settings, [domain], { repair: true })).domains).toEqual([]);
  });

  test('says so where a folder stands in the way, and removes nothing of it', async ({
    sandbox,
    hostFolder,
  }) => {
    await createWithTool(sandbox, hostFolder, [domain, 'two.example']);
    const tool = inTree(sandbox, `${hostFolder}/tool`);
    rmSync(tool);
    mkdirSync(tool);
    writeFileSync(join(tool, 'letter'), 'mine');
    const foreseen = await update(sandbox.settings, [domain], { repair: true, dryRun: true });
    expect(foreseen.domains).toMatchObject([{ changes: [], conflicts: [expect.any(String)] }]);
    putTool(hostFolder, 'version 2');
    const result = await update(sandbox.settings);
    expect(result.domains.find((each) => each.domain === domain)?.conflicts).toHaveLength(1);
    expect(readFileSync(join(tool, 'letter'), 'utf8')).toBe('mine');
    expect(readFileSync(inTree(sandbox, `${hostFolder}/tool`, 'two.example'), 'utf8')).toContain('version 2');
  });

  test('names the programs inside that go on with replaced files', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    const child = spawn('chroot', [join(sandbox.root, domain), '/bin/cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      child.stdin.write('ready\n');
      await once(child.stdout, 'data');
      // As an upgrade does: the tree's file gets another inode.
      rmSync(inTree(sandbox, '/usr/bin/cat'));
      const result = await update(sandbox.settings, [domain], { repair: true });
      expect(result.staleProcesses).toMatchObject([{ domain, pid: child.pid, files: ['usr/bin/cat'] }]);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  });

  test('goes on with the other trees where one cannot be trusted', async ({ sandbox, hostFolder }) => {
    await createWithTool(sandbox, hostFolder, [domain, 'two.example']);
    chmodSync(join(sandbox.root, domain), 0o777);
    putTool(hostFolder, 'version 2');
    const result = await update(sandbox.settings);
    expect(result.domains.find((each) => each.domain === domain)?.conflicts[0]).toContain(
      'others than its owner',
    );
    expect(readFileSync(inTree(sandbox, `${hostFolder}/tool`, 'two.example'), 'utf8')).toContain('version 2');
    chmodSync(join(sandbox.root, domain), 0o755);
  });

  test('follows no link that the domain put in the place of a folder', async ({ sandbox, hostFolder }) => {
    await createWithTool(sandbox, hostFolder, [domain]);
    const outside = join(sandbox.base, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'tool'), 'outside');
    const folder = inTree(sandbox, hostFolder);
    renameSync(folder, `${folder}.away`);
    symlinkSync(outside, folder);
    putTool(hostFolder, 'version 2');
    const result = await update(sandbox.settings);
    expect(result.domains[0]?.conflicts).toHaveLength(1);
    expect(readdirSync(outside)).toEqual(['tool']);
    expect(readFileSync(join(outside, 'tool'), 'utf8')).toBe('outside');
  });
});

function stageOf({ root }: Sandbox): readonly string[] {
  return readdirSync(join(root, '.virtfs/stage'));
}

/** The tree and the state, but for the note that all is fresh. */
function fingerprintOf({ root }: Sandbox): unknown {
  const state = readdirSync(join(root, '.virtfs'), { recursive: true, encoding: 'utf8' });
  return [listTree(join(root, domain)), state.filter((name) => name !== 'cache/fresh.json').sort()];
}
