import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { commands } from '../../src/cli/command-table.ts';
import { runMain } from '../../src/cli/run-main.ts';
import { fakeIo } from '../support/fake-io.ts';
import { needs } from '../support/needs.ts';
import { runOnTerminal, type TerminalRun } from '../support/on-terminal.ts';
import { create } from '../support/run-create.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

const domain = 'a.org';
const script = join(import.meta.dirname, '../../src/bin/virtfs.ts');

describe.runIf(needs('root', { program: 'script' }))('virtfs remove', () => {
  sandboxTest('asks no one in a pipe, and says what to say beforehand', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    const { status, err } = await virtfs(sandbox, 'remove', domain);
    expect(status).toBe(64);
    expect(err[0]).toContain('[NEEDS_TERMINAL]');
    expect(err[1]).toContain('--yes');
    expect(readdirSync(sandbox.root)).toContain(domain);
  });

  sandboxTest('takes no alias for its domain', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain], aliases: ['www.a.org'] });
    const { status, err } = await virtfs(sandbox, 'remove', 'www.a.org', '--yes');
    expect(status).toBe(64);
    expect(err.join('\n')).toContain('virtfs alias remove a.org www.a.org');
    expect(readdirSync(sandbox.root).sort()).toEqual(['.virtfs', domain, 'www.a.org']);
  });

  sandboxTest('shows in a dry run what would go, and changes nothing', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain], aliases: ['www.a.org'] });
    const { status, out } = await virtfs(sandbox, 'remove', domain, '--dry-run', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out.join('\n'))).toEqual({
      dryRun: true,
      domains: [
        {
          root: sandbox.root,
          domain,
          path: join(sandbox.root, domain),
          aliases: ['www.a.org'],
          trashed: [],
          processes: [],
          mounts: [],
        },
      ],
    });
    expect(readdirSync(sandbox.root).sort()).toEqual(['.virtfs', domain, 'www.a.org']);
  });

  sandboxTest('goes to the trash and back, and for good', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain, 'b.org'], aliases: [] });
    const removed = await virtfs(sandbox, 'remove', domain, 'b.org', '--yes');
    expect(removed).toMatchObject({ status: 0, out: [] });
    expect(removed.err.join(' ')).toMatch(
      /Removed a\.org\. It can come back until .*: virtfs restore a\.org/u,
    );
    const again = await virtfs(sandbox, 'remove', domain, '--yes');
    expect(again.status).toBe(66);
    expect(again.err.join(' ')).toMatch(/in the trash already.*--purge.*virtfs restore a\.org/u);
    const listed = JSON.parse((await virtfs(sandbox, 'list', '--removed', '--json')).out.join('\n'));
    expect(listed.removed).toMatchObject([{ domain, purging: false }, { domain: 'b.org' }]);
    expect((await virtfs(sandbox, 'list', '--removed', '--names')).out.sort()).toEqual([domain, 'b.org']);
    const back = await virtfs(sandbox, 'restore', domain);
    expect(back).toMatchObject({ status: 0, out: [join(sandbox.root, domain)] });
    const purged = await virtfs(sandbox, 'remove', domain, 'b.org', '--purge', '--yes', '--json');
    expect(JSON.parse(purged.out.join('\n'))).toMatchObject({
      domains: [{ domain }],
      purged: [{ domain }, { domain: 'b.org' }],
      notices: [],
    });
    expect((await virtfs(sandbox, 'list', '--removed')).err[0]).toContain('is empty');
    expect((await virtfs(sandbox, 'clean')).err.join(' ')).toMatch(/deleted .* of the store; .* are free\./u);
    expect((await virtfs(sandbox, 'clean')).err.join(' ')).toContain('nothing to delete');
  });

  sandboxTest('does it on a terminal when the name is typed, and not otherwise', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    const no = onTerminal(sandbox, 'remove', domain);
    await no.shows(`Type ${domain}`);
    no.type('\r');
    expect(await no.ended()).toBe(0);
    expect(no.screen()).toContain('Nothing was removed.');
    expect(readdirSync(sandbox.root)).toContain(domain);
    const yes = onTerminal(sandbox, 'remove', domain);
    await yes.shows(`Type ${domain}`);
    yes.type(`${domain}\r`);
    expect(await yes.ended()).toBe(0);
    expect(readdirSync(sandbox.root)).toEqual(['.virtfs']);
  });
});

describe.runIf(needs('root'))('virtfs list', () => {
  sandboxTest('names the file of the trash that cannot be read', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    const folder = join(sandbox.root, '.virtfs/trash/x');
    mkdirSync(join(folder, 'tree'), { recursive: true });
    writeFileSync(join(folder, 'removed.json'), '{');
    const { status, err } = await virtfs(sandbox, 'list', '--removed');
    expect(status).toBe(65);
    expect(err[0]).toContain(join(folder, 'removed.json'));
  });
});

async function virtfs({ root }: Sandbox, ...words: readonly string[]) {
  const io = fakeIo();
  const status = await runMain(commands, [...words, '--root', root], io);
  return { status, out: io.outLines, err: io.errLines };
}

function onTerminal({ root }: Sandbox, ...words: readonly string[]): TerminalRun {
  return runOnTerminal('exec "$0" "$@"', [process.execPath, script, ...words, '--root', root]);
}
