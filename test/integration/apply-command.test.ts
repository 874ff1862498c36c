import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { commands } from '../../src/cli/command-table.ts';
import { runMain } from '../../src/cli/run-main.ts';
import { hash1 } from '../support/declared.ts';
import { fakeIo } from '../support/fake-io.ts';
import { needs } from '../support/needs.ts';
import { type Sandbox, sandboxTest as test } from '../support/trees-root.ts';

const toml = `
[domains."one.org"]
profiles = ["small"]
addresses = ["192.0.2.1"]
aliases = ["www.one.org"]
groups = ["devs"]
[domains."one.org".users.anna]
shell = "/bin/sh"
groups = ["devs", "bob"]
[domains."one.org".users.bob]
full-name = "B \\"x\\" # [y]"
password-hash = "${hash1}"
[domains."two.org"]
profiles = ["small"]
admin = "boss"
[domains."two.org".users.boss]
password-hash = "!${hash1}"
`;

describe.runIf(needs('root'))('virtfs apply', () => {
  test('prints what it does like a diff, and then that there is nothing to do', async ({ sandbox }) => {
    const file = put(sandbox, toml);
    const lines = [
      '+ one.org  profiles small  addresses 192.0.2.1  aliases www.one.org',
      '+ two.org  profiles small',
      '+ group devs of one.org',
      '+ anna of one.org  shell /bin/sh  groups devs',
      `+ bob of one.org  'B "x" # [y]'  with a password`,
      '~ anna of one.org  groups +bob',
      '~ boss of two.org  password',
    ];
    const planned = await virtfs(sandbox, 'apply', file, '--dry-run');
    expect(planned).toEqual({ status: 1, out: lines, err: ['7 changes to make.'] });
    expect(await virtfs(sandbox, 'apply', file, '--quiet')).toEqual({ status: 0, out: [], err: [] });
    expect(await virtfs(sandbox, 'apply', file)).toEqual({
      status: 0,
      out: [],
      err: ['All is as declared.'],
    });
    expect(await virtfs(sandbox, 'apply', file, '--dry-run')).toMatchObject({ status: 0 });
  });

  test('never tells the hash of a password', async ({ sandbox }) => {
    const file = put(sandbox, toml);
    const { out } = await virtfs(sandbox, 'apply', file, '--json');
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      dryRun: false,
      changes: [
        { type: 'create domain', domain: 'one.org' },
        {},
        {},
        {},
        { user: { name: 'bob', password: true } },
        {},
        {},
      ],
    });
    expect(out.join('\n')).not.toContain('$y$');
  });

  test('removes nothing that nobody agreed to', async ({ sandbox }) => {
    await virtfs(sandbox, 'apply', put(sandbox, toml), '--quiet');
    const less = put(sandbox, '[domains."one.org"]\n');
    const asked = await virtfs(sandbox, 'apply', less, '--prune');
    expect(asked).toMatchObject({
      status: 64,
      out: ['- two.org', '- anna of one.org', '- bob of one.org', '- group devs of one.org'],
    });
    expect(asked.err.join('\n')).toMatch(/cannot ask whether to remove 1 domain \(two\.org\) and 2 users/u);
    expect(asked.err.join('\n')).toContain('--yes');
    expect(await virtfs(sandbox, 'apply', put(sandbox, toml), '-n')).toMatchObject({ status: 0 });
    expect(await virtfs(sandbox, 'apply', less, '--prune', '--yes', '-q')).toEqual({
      status: 0,
      out: [],
      err: [],
    });
  });

  test('ends with 1 where something is declared that is not changed afterwards', async ({ sandbox }) => {
    await virtfs(sandbox, 'apply', put(sandbox, toml), '--quiet');
    const other = put(
      sandbox,
      '[domains."one.org"]\nadmin = "boss"\n[domains."one.org".users.bob]\nhome = "/srv/bob"\nuid = 300000\n',
    );
    const { status, out, err } = await virtfs(sandbox, 'apply', other, '--quiet');
    expect([status, out]).toEqual([1, []]);
    expect(err.filter((line) => line.startsWith('  note: '))).toHaveLength(3);
  });

  test('refuses a file that others can write, and one that is not there', async ({ sandbox }) => {
    const file = put(sandbox, toml);
    chmodSync(file, 0o622);
    expect(await virtfs(sandbox, 'apply', file)).toMatchObject({ status: 78, out: [] });
    const missing = await virtfs(sandbox, 'apply', '/nonexistent/host.toml');
    expect(missing.status).toBe(66);
    expect(missing.err.join('\n')).toContain('virtfs dump');
  });
});

describe.runIf(needs('root'))('virtfs dump', () => {
  test('writes what apply makes the same domains and users of elsewhere', async ({ sandbox }) => {
    await virtfs(sandbox, 'apply', put(sandbox, toml), '--quiet');
    const there: Sandbox = { ...sandbox, root: join(sandbox.disk, 'there') };
    // Ids of other domains are in the way there.
    await virtfs(there, 'create', 'other.org', '--profile', 'small', '--quiet');
    const dumped = await virtfs(sandbox, 'dump', '--passwords');
    expect(dumped).toMatchObject({ status: 0, err: [] });
    expect(await virtfs(there, 'apply', put(sandbox, dumped.out.join('\n')), '-q')).toEqual({
      status: 0,
      out: [],
      err: [],
    });
    expect((await virtfs(there, 'dump', '--passwords', 'one.org', 'two.org')).out).toEqual(dumped.out);
    for (const at of [sandbox, there])
      expect(await virtfs(at, 'apply', put(sandbox, dumped.out.join('\n')))).toMatchObject({
        err: ['All is as declared.'],
      });
    const passwd = readFileSync(join(there.root, 'one.org/etc/passwd'), 'utf8');
    expect(passwd).toContain('bob:x:210004:210004:B "x" # [y]:/home/b/bob:/bin/false\n');
  });

  test('has ids only when told, and apply refuses them where they are none of the domain', async ({
    sandbox,
  }) => {
    await virtfs(sandbox, 'apply', put(sandbox, toml), '--quiet');
    const { out } = await virtfs(sandbox, 'dump', '--ids', 'one.org');
    const file = put(sandbox, out.join('\n'));
    expect(await virtfs(sandbox, 'apply', file)).toMatchObject({ err: ['All is as declared.'] });
    const there: Sandbox = { ...sandbox, root: join(sandbox.disk, 'there') };
    await virtfs(there, 'create', 'other.org', '--profile', 'small', '--quiet');
    const refused = await virtfs(there, 'apply', file);
    expect(refused).toMatchObject({ status: 78, out: [] });
    expect(refused.err.join('\n')).toMatch(
      /the user id 20000\d of anna is none of one\.org, whose ids are 210000/u,
    );
  });

  test('says what cannot be declared, and has the rest', async ({ sandbox }) => {
    await virtfs(sandbox, 'apply', put(sandbox, toml), '--quiet');
    const passwd = join(sandbox.root, 'one.org/etc/passwd');
    writeFileSync(passwd, `${readFileSync(passwd, 'utf8')}Eve:x:200009:200009::/x:/bin/sh\n`);
    const { status, out, err } = await virtfs(sandbox, 'dump');
    expect(status).toBe(1);
    expect(err.join(' ')).toMatch(/the user 'Eve' of one\.org/u);
    expect(out.join('\n')).toContain('[domains."one.org".users.bob]');
  });

  test('names a domain that virtfs did not make', async ({ sandbox }) => {
    await virtfs(sandbox, 'apply', put(sandbox, toml), '--quiet');
    expect((await virtfs(sandbox, 'dump', 'three.org')).status).toBe(66);
    const { out } = await virtfs(sandbox, 'dump', 'www.one.org', '--json');
    expect(Object.keys(JSON.parse(out.join('\n')).domains)).toEqual(['one.org']);
  });

  test('can be piped into apply', async ({ sandbox }) => {
    await virtfs(sandbox, 'apply', put(sandbox, toml), '--quiet');
    const there = join(sandbox.disk, 'there');
    const { out } = await virtfs(sandbox, 'dump');
    const words = [
      new URL('../../src/bin/virtfs.ts', import.meta.url).pathname,
      'apply',
      '-',
      '--root',
      there,
      '--quiet',
    ];
    const env = { PATH: process.env.PATH, VIRTFS_CONFIG_DIR: sandbox.settings.configDir };
    const child = spawn(process.execPath, words, { env, stdio: ['pipe', 'inherit', 'inherit'] });
    child.stdin.end(out.join('\n'));
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(readFileSync(join(there, 'one.org/etc/passwd'), 'utf8')).toContain('\nbob:x:');
  });
});

function put({ base }: Sandbox, text: string): string {
  const file = join(base, 'host.toml');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

async function virtfs({ root, settings }: Sandbox, ...words: readonly string[]) {
  const io = fakeIo({ env: { VIRTFS_CONFIG_DIR: settings.configDir } });
  const status = await runMain(commands, [...words, '--root', root], io);
  return { status, out: io.outLines.flatMap((line) => line.split('\n')), err: io.errLines };
}
