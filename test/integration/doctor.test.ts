import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { inspectHooks } from '../../src/host/inspect-hooks.ts';
import { tryLock } from '../../src/linux/files.ts';
import { examineMachine } from '../../src/pipeline/doctor/examine-machine.ts';
import type { Finding } from '../../src/pipeline/doctor/finding.ts';
import { needs } from '../support/needs.ts';
import { reachCheckout } from '../support/reach-checkout.ts';
import { create } from '../support/run-create.ts';
import { type Sandbox, sandboxTest as test } from '../support/trees-root.ts';

const script = join(import.meta.dirname, '../../src/bin/virtfs.ts');

describe.runIf(needs('root'))('virtfs doctor', () => {
  test('finds no problem with a good root, and leaves nothing behind', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example', 'b.example'] });
    const findings = await examine(sandbox);
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(words(findings)).toEqual(
      expect.arrayContaining([
        'nobody but root can change it or reach into it',
        'file system tmpfs',
        'new trees share files by hardlink',
        'every tree has the files this host has now',
        expect.stringMatching(/^2 domains, \d+ files in the store$/u),
      ]),
    );
    expect(readdirSync(join(sandbox.root, '.virtfs/stage'))).toEqual([]);
  });

  test('makes nothing where there is no root yet', async ({ sandbox }) => {
    expect(words(await examine(sandbox))).toContain('there is no such folder yet');
    expect(readdirSync(sandbox.disk)).toEqual([]);
    mkdirSync(sandbox.root, { mode: 0o700 });
    expect(words(await examine(sandbox))).not.toContainEqual(expect.stringContaining('share files'));
    expect(readdirSync(sandbox.root)).toEqual([]);
  });

  test('tries nothing while another virtfs is at work', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example'] });
    const lock = openSync(join(sandbox.root, '.virtfs/lock'), 'r+');
    expect(tryLock(lock)).toBe(true);
    const findings = await examine(sandbox);
    closeSync(lock);
    expect(words(findings)).not.toContainEqual(expect.stringContaining('share files'));
    expect(words(await examine(sandbox))).toContainEqual(expect.stringContaining('share files'));
  });

  test('counts trees behind the host, each layer once', async ({ sandbox, hostFolder }) => {
    writeFileSync(join(hostFolder, 'data'), 'x');
    sandbox.putProfile('held', `summary = "x"\nextends = ["small"]\nfiles = ["${hostFolder}/data"]\n`);
    await create({ settings: sandbox.settings, domains: ['a.example', 'b.example'], profiles: ['held'] });
    await create({ settings: sandbox.settings, domains: ['c.example'] });
    writeFileSync(join(hostFolder, 'data'), 'y');
    expect(await problems(sandbox)).toEqual([
      '2 trees behind this host: a.example (1 file), b.example (1 file)',
    ]);
  });

  test('tells of records and manifests that cannot be read, and goes on', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example', 'b.example'] });
    writeFileSync(join(sandbox.root, '.virtfs/domains/a.example.json'), '{');
    writeFileSync(join(sandbox.root, '.virtfs/manifests/b.example.json'), '');
    rmSync(join(sandbox.root, '.virtfs/manifests/a.example.json'));
    mkdirSync(join(sandbox.root, '.virtfs/manifests/a.example.json'));
    expect(await problems(sandbox)).toEqual([
      expect.stringContaining('domains/a.example.json'),
      expect.stringContaining('manifests/a.example.json'),
      expect.stringContaining('manifests/b.example.json'),
    ]);
  });

  test('tells of mount options under which trees do not work', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example'] });
    sandbox.remount('noexec,nodev,nosuid');
    expect(await problems(sandbox)).toEqual([
      expect.stringContaining('noexec'),
      expect.stringContaining('nodev'),
      expect.stringContaining('nosuid'),
    ]);
    sandbox.remount('ro');
    expect(await problems(sandbox)).toContainEqual(expect.stringContaining('read-only'));
  });

  test('tells of a root that others may write', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example'] });
    chmodSync(sandbox.root, 0o777);
    expect(await problems(sandbox)).toEqual([expect.stringContaining('can be written by others than root')]);
  });

  test('tells a user what it could not see', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example'] });
    using checkout = reachCheckout();
    const { status, stdout } = spawnSync(
      checkout.at(process.execPath),
      [checkout.at(script), 'doctor', '--json', '--root', sandbox.root],
      {
        uid: 4242,
        gid: 4242,
        env: { PATH: process.env.PATH, VIRTFS_CONFIG_DIR: '/nonexistent' },
        encoding: 'utf8',
      },
    );
    expect(status).toBe(0);
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
    expect(findings.filter(({ level }) => level === 'unseen').map(({ area }) => area)).toEqual([
      'kernel',
      sandbox.root,
    ]);
  });
});

describe('inspectHooks', () => {
  test('tells a unit that is there from one that is enabled', ({ sandbox }) => {
    const units = join(sandbox.base, 'systemd/system');
    expect(inspectHooks(sandbox.base)).toMatchObject({ apt: false, unit: 'absent' });
    mkdirSync(join(units, 'multi-user.target.wants'), { recursive: true });
    mkdirSync(join(sandbox.base, 'apt/apt.conf.d'), { recursive: true });
    writeFileSync(join(sandbox.base, 'apt/apt.conf.d/90virtfs'), '');
    writeFileSync(join(units, 'virtfs-update.path'), '');
    expect(inspectHooks(sandbox.base)).toMatchObject({ apt: true, unit: 'present' });
    symlinkSync('../virtfs-update.path', join(units, 'multi-user.target.wants/virtfs-update.path'));
    expect(inspectHooks(sandbox.base)).toMatchObject({ unit: 'enabled' });
  });
});

/** What it says of the root of trees: the machine itself is as it is. */
async function examine({ settings }: Sandbox): Promise<readonly Finding[]> {
  const findings = await examineMachine(settings, process.env.PATH);
  return findings.filter(({ area }) => area === settings.root);
}

async function problems(sandbox: Sandbox): Promise<readonly string[]> {
  return words((await examine(sandbox)).filter(({ level }) => level === 'problem'));
}

function words(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ what }) => what);
}
