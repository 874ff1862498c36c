import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { runAffected } from '../../src/cli/commands/affected.ts';
import { runExplain } from '../../src/cli/commands/explain.ts';
import { affectedSpec } from '../../src/cli/specs/affected-spec.ts';
import { HostComparison } from '../../src/host/compare-with-host.ts';
import { identityOf } from '../../src/host/host-cache.ts';
import { readPackageVersions } from '../../src/host/read-package-versions.ts';
import { findAffected } from '../../src/pipeline/find-affected.ts';
import { fakeIo } from '../support/fake-io.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { type Sandbox, sandboxTest as test } from '../support/trees-root.ts';

describe.runIf(needs('root', { program: 'dpkg' }))('findAffected', () => {
  test('finds who holds a package, by the version it had then', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example', 'b.example'] });
    const version = readPackageVersions()?.get('coreutils');
    expect(version).toMatch(/^\d/u);
    const [coreutils] = (await findAffected([sandbox.root], ['coreutils'])).affected;
    expect(coreutils).toMatchObject({ kind: 'package', package: 'coreutils', hostVersion: version });
    expect(coreutils?.domains.map(({ domain, isCurrent }) => [domain, isCurrent])).toEqual([
      ['a.example', true],
      ['b.example', true],
    ]);
    expect(coreutils?.domains[0]).toMatchObject({ version });
    expect(coreutils?.domains[0]?.files.map(({ path }) => path)).toContain('usr/bin/ls');
  });

  test('tells the version written down when the files were laid, not the one of now', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example'] });
    const file = versionsFile(sandbox);
    const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: [string, string][] };
    writeFileSync(file, JSON.stringify({ version: 1, packages: [...packages, ['coreutils', '0.1']] }));
    expect(await versionOf(sandbox, 'coreutils')).toBe('0.1');
    for (const text of ['', '{', '{"version":2}', '{"version":1,"packages":[["coreutils",1]]}', 'null']) {
      writeFileSync(file, text);
      expect(await versionOf(sandbox, 'coreutils')).toBeUndefined();
    }
    rmSync(file);
    expect(await versionOf(sandbox, 'coreutils')).toBeUndefined();
  });

  // biome-ignore format: a table
  test.for<[name: string]>([['/bin/ls'], ['/usr/bin/ls'], ['ls']])('finds a file of a package as %s', async ([name], { sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example'] });
    const [ls] = (await findAffected([sandbox.root], [name])).affected;
    expect(ls).toMatchObject({ kind: 'file', package: 'coreutils' });
    expect(ls?.domains[0]?.files).toEqual([{ path: 'usr/bin/ls', from: '/usr/bin/ls', state: 'current' }]);
  });

  test('finds a library by a link that stands for it', async ({ sandbox, hostFolder }) => {
    writeFileSync(join(hostFolder, 'libx.so.1.2'), 'x');
    execFileSync('ln', ['-s', 'libx.so.1.2', join(hostFolder, 'libx.so.1')]);
    await makeTree(sandbox, hostFolder);
    const [library] = (await findAffected([sandbox.root], ['libx.so.1'])).affected;
    expect(library?.domains[0]?.files).toMatchObject([{ from: join(hostFolder, 'libx.so.1.2') }]);
  });

  test('tells what the host has changed since, and what it has no more', async ({ sandbox, hostFolder }) => {
    for (const name of ['same', 'changed', 'longer', 'gone', 'fifo'])
      writeFileSync(join(hostFolder, name), name);
    await makeTree(sandbox, hostFolder);
    writeFileSync(join(hostFolder, 'changed'), 'CHANGED');
    writeFileSync(join(hostFolder, 'longer'), 'much longer');
    for (const name of ['gone', 'fifo']) rmSync(join(hostFolder, name));
    execFileSync('mkfifo', [join(hostFolder, 'fifo')]);
    const states = await Promise.all(
      ['same', 'changed', 'longer', 'gone', 'fifo'].map(async (name) => {
        const [file] = (await findAffected([sandbox.root], [join(hostFolder, name)])).affected;
        return [file?.domains[0]?.files[0]?.state, file?.domains[0]?.isCurrent];
      }),
    );
    expect(states).toEqual([
      ['current', true],
      ['changed', false],
      ['changed', false],
      ['gone', false],
      ['gone', false],
    ]);
  });

  test('tells of the others when a manifest cannot be read', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example', 'b.example'] });
    writeFileSync(join(sandbox.root, '.virtfs/manifests/a.example.json'), '{');
    const { affected, unreadable } = await findAffected([sandbox.root], ['ls']);
    expect(affected[0]?.domains.map(({ domain }) => domain)).toEqual(['b.example']);
    expect(unreadable.map(({ code }) => code)).toEqual(['BAD_RECORD']);
  });

  test('is told of by the command, with status 1 for what is behind', async ({ sandbox, hostFolder }) => {
    writeFileSync(join(hostFolder, 'data'), 'x');
    await makeTree(sandbox, hostFolder);
    const current = await affected(sandbox, [join(hostFolder, 'data'), 'no-such-thing']);
    expect(current.status).toBe(0);
    expect(current.out).toMatch(/^a\.example +unknown +current \(1 file\)$/mu);
    expect(current.err).toContain('No domain holds no-such-thing');
    writeFileSync(join(hostFolder, 'data'), 'y');
    const behind = await affected(sandbox, ['data']);
    expect([behind.status, behind.out]).toEqual([1, expect.stringMatching(/outdated \(1 of 1 file\)/u)]);
  });
});

describe.runIf(needs('root', { program: 'dpkg' }))('explain', () => {
  test('tells the version a file was laid from, and whether the host still has it', async ({
    sandbox,
    hostFolder,
  }) => {
    writeFileSync(join(hostFolder, 'data'), 'x');
    await makeTree(sandbox, hostFolder);
    const ls = await explain(sandbox, '/bin/ls');
    expect(ls).toMatchObject({
      package: 'coreutils',
      packageVersion: readPackageVersions()?.get('coreutils'),
    });
    expect(ls).toMatchObject({ onHost: 'current' });
    rmSync(join(hostFolder, 'data'));
    expect(await explain(sandbox, join(hostFolder, 'data'))).toMatchObject({ onHost: 'gone' });
    expect(await explain(sandbox, '/etc/passwd')).not.toHaveProperty('onHost');
  });
});

describe.runIf(needs('root'))('HostComparison', () => {
  test('takes a hash that is known of the very file, and of no other', async ({ sandbox, hostFolder }) => {
    const from = join(hostFolder, 'data');
    writeFileSync(from, 'x');
    await create({ settings: sandbox.settings, domains: ['a.example'] });
    const sha256 = 'ab'.repeat(32);
    const know = (identity: string) =>
      writeFileSync(
        join(sandbox.root, '.virtfs/cache/host.other.json'),
        JSON.stringify({ version: 1, files: [[from, { identity, sha256 }]] }),
      );
    know(identityOf(statSync(from)));
    expect(new HostComparison(sandbox.root).compare({ from, sha256, size: 1 })).toBe('current');
    know('another');
    expect(new HostComparison(sandbox.root).compare({ from, sha256, size: 1 })).toBe('changed');
  });
});

async function makeTree(sandbox: Sandbox, folder: string): Promise<void> {
  sandbox.putProfile('held', `summary = "x"\nextends = ["small"]\nfiles = ["${folder}"]\n`);
  await create({ settings: sandbox.settings, domains: ['a.example'], profiles: ['held'] });
}

function versionsFile({ root }: Sandbox): string {
  const layers = join(root, '.virtfs/layers');
  const name = readdirSync(layers).find((each) => /^[0-9a-f]{64}\.packages\.json$/u.test(each));
  if (name === undefined) throw new Error('no versions were written down');
  return join(layers, name);
}

async function versionOf({ root }: Sandbox, name: string): Promise<string | undefined> {
  const [found] = (await findAffected([root], [name])).affected;
  return found?.domains[0]?.version;
}

async function affected({ root }: Sandbox, operands: readonly string[]) {
  const io = fakeIo();
  const status = await runAffected({ operands, values: { root }, io, spec: affectedSpec, table: [] });
  return { status, out: io.outLines.join('\n'), err: io.errLines.join('\n') };
}

async function explain({ root }: Sandbox, path: string): Promise<unknown> {
  const io = fakeIo();
  const values = { root, json: true };
  await runExplain({ operands: ['a.example', path], values, io, spec: affectedSpec, table: [] });
  return JSON.parse(io.outLines.join('\n'));
}
