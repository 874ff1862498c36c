import { chmodSync, existsSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect } from 'vitest';
import { commands } from '../../src/cli/command-table.ts';
import { runMain } from '../../src/cli/run-main.ts';
import { readServiceTemplates } from '../../src/host/read-service-templates.ts';
import { readServiceFile } from '../../src/virtuald/read-service-file.ts';
import { fakeIo } from '../support/fake-io.ts';
import { needs } from '../support/needs.ts';
import { type Sandbox, sandboxTest as test } from '../support/trees-root.ts';

describe.runIf(needs('root'))('virtfs service setup', () => {
  test('writes what is not there, and every other byte stays', async ({ sandbox }) => {
    const file = fileOf(sandbox);
    const made = await setup(sandbox, 'ftp');
    expect(made.status).toBe(0);
    expect(parse(readFileSync(file, 'utf8'))).toMatchObject({ service: { ftp: { listen: ['ftp'] } } });
    expect(readFileSync(file, 'utf8')).toContain(made.out.join('\n'));
    expect(lstatSync(file).mode & 0o7777).toBe(0o644);
    const mine = '# mine\n[service.pop]\nprogram = ["x"] # y';
    writeFileSync(file, mine);
    chmodSync(file, 0o600);
    const { out, err } = await setup(sandbox, 'pop', 'smtp', 'pop');
    const text = readFileSync(file, 'utf8');
    expect(text.startsWith(`${mine}\n\n`)).toBe(true);
    expect(text).toContain(out.join('\n'));
    expect(parse(text)).toMatchObject({ service: { pop: { program: ['x'] }, smtp: { listen: ['smtp'] } } });
    expect(err).toEqual([
      expect.stringMatching(/has the service pop already; it stays as it is\.$/u),
      expect.stringMatching(/has smtp now\.$/u),
      'Give it to a domain: virtfs service enable DOMAIN smtp',
    ]);
    expect(lstatSync(file).mode & 0o7777).toBe(0o600);
    await setup(sandbox, 'pop', 'smtp');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('loses nothing of calls at the same time', async ({ sandbox }) => {
    const names = [...readServiceTemplates().keys()];
    await Promise.all(names.map((name) => setup(sandbox, name)));
    const { service } = parse(readFileSync(fileOf(sandbox), 'utf8')) as { service: object };
    expect(Object.keys(service).sort()).toEqual(names);
  });

  test('writes nothing in a dry run, for what it does not know, or into what is wrong', async ({
    sandbox,
  }) => {
    const file = fileOf(sandbox);
    expect((await setup(sandbox, 'ftp', '--dry-run')).out).toContain('[service.ftp]');
    expect((await setup(sandbox, 'ftp', 'fpt')).status).toBe(64);
    expect(existsSync(file)).toBe(false);
    for (const text of ['service = { pop = { program = ["x"] } }\n', 'x = [']) {
      writeFileSync(file, text, { mode: 0o644 });
      expect((await setup(sandbox, 'ftp')).status).toBe(78);
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
    writeFileSync(file, '');
    chmodSync(file, 0o666);
    expect((await setup(sandbox, 'ftp')).status).toBe(78);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('keeps a link to a file elsewhere', async ({ sandbox }) => {
    const file = fileOf(sandbox);
    const real = join(sandbox.base, 'managed.toml');
    writeFileSync(real, '# managed\n', { mode: 0o644 });
    symlinkSync(real, file);
    await setup(sandbox, 'ftp');
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toMatch(/^# managed\n[\s\S]*\[service\.ftp\]/u);
    rmSync(file);
  });

  test('lists the services that virtfs knows', async ({ sandbox }) => {
    await setup(sandbox, 'pop');
    const { out } = await setup(sandbox);
    expect(out[0]).toMatch(/^SERVICE +SET UP +WHAT$/u);
    expect(out.slice(1).map((line) => line.split(/ {2,}/u).slice(0, 2))).toEqual([
      ['ftp', 'no'],
      ['http', 'no'],
      ['pop', 'yes'],
      ['sftp', 'no'],
      ['smb', 'no'],
      ['smtp', 'no'],
    ]);
  });

  test('writes what virtuald finds nothing wrong with', async ({ sandbox }) => {
    const names = [...readServiceTemplates().keys()];
    await setup(sandbox, ...names);
    const { services } = await readServiceFile(fileOf(sandbox), sandbox.root);
    expect(services.map(({ name }) => name).sort()).toEqual(names);
    expect(services.every(({ listen }) => listen.length > 0)).toBe(true);
    // What shells and help offer is a list in the specs.
    const enable = commands.find(({ name }) => name === 'service enable');
    expect(enable?.completeOperands?.[1]).toEqual(names);
  });
});

function fileOf({ settings }: Sandbox): string {
  return join(settings.configDir, 'virtuald.toml');
}

async function setup({ settings }: Sandbox, ...words: readonly string[]) {
  const io = fakeIo({ env: { VIRTFS_CONFIG_DIR: settings.configDir } });
  const status = await runMain(commands, ['service', 'setup', ...words], io);
  return { status, out: io.outLines.flatMap((line) => line.split('\n')), err: io.errLines };
}
