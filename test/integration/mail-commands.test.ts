import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { commands } from '../../src/cli/command-table.ts';
import { runMain } from '../../src/cli/run-main.ts';
import { fakeIo } from '../support/fake-io.ts';
import { clone } from '../support/run-clone.ts';
import { addBob, domain, treeTest as it } from '../support/tree-users.ts';
import type { Sandbox } from '../support/trees-root.ts';

describe('virtfs mail set', () => {
  it('writes what is named and leaves the rest', async ({ sandbox }) => {
    await addBob(sandbox);
    const words = [
      '--catch-all',
      `Bob@${domain}`,
      '--refuse',
      'Sales',
      '--refuse',
      'info',
      '--quota',
      '1.5GB',
      '--detail',
    ];
    expect((await virtfs(sandbox, 'set', domain, ...words)).status).toBe(0);
    const all = {
      catchAll: 'Bob',
      refuse: ['sales', 'info'],
      quota: { bytes: 1_500_000_000, over: 'soft' },
      detail: '+',
    };
    expect(mailOf(sandbox)).toEqual(all);
    const next = await virtfs(
      sandbox,
      'set',
      domain,
      '--json',
      '--accept',
      'sales',
      '--messages',
      '10',
      '--over',
      'hard',
    );
    const changed = { ...all, refuse: ['info'], quota: { bytes: 1_500_000_000, messages: 10, over: 'hard' } };
    expect(JSON.parse(next.out.join('\n'))).toEqual({
      root: sandbox.root,
      domain,
      mail: changed,
      isChanged: true,
    });
    const before = recordOf(sandbox);
    expect((await virtfs(sandbox, 'set', domain, '--detail', '--refuse', 'info')).err[0]).toBe(
      `Mail of ${domain} was so already:`,
    );
    expect(recordOf(sandbox)).toBe(before);
    const none = ['--no-catch-all', '--no-quota', '--no-detail', '--accept', 'info'];
    expect((await virtfs(sandbox, 'set', domain, ...none)).status).toBe(0);
    expect(recordOf(sandbox)).not.toContain('mail');
  });

  it.for([
    [[], 64],
    [['--catch-all', 'nobody2'], 67],
    [['--catch-all', 'a/b'], 64],
    [['--catch-all', 'bob@'], 64],
    [['--catch-all', 'bob', '--no-catch-all'], 64],
    [['--quota', 'much'], 64],
    [['--quota', '1GB', '--no-quota'], 64],
    [['--messages', '0'], 64],
    [['--over', 'never'], 64],
    [['--over', 'hard'], 64],
    [['--refuse', `bob@${domain}`], 64],
    [['--refuse', '|id'], 64],
  ] as const)('refuses %j with status %i', async ([words, status], { sandbox }) => {
    const before = recordOf(sandbox);
    expect((await virtfs(sandbox, 'set', domain, ...words)).status).toBe(status);
    expect(recordOf(sandbox)).toBe(before);
  });

  it('is kept by a clone', async ({ sandbox }) => {
    await virtfs(sandbox, 'set', domain, '--detail', '--catch-all', 'all@far.org');
    await clone({ settings: sandbox.settings, source: domain, domain: 'copy.org' });
    expect(mailOf(sandbox, 'copy.org')).toEqual({ catchAll: 'all@far.org', detail: '+' });
  });
});

describe('virtfs mail show', () => {
  it('shows settings, and aliases with what does not count', async ({ sandbox, tree }) => {
    writeFileSync(join(tree, 'etc/aliases'), 'info: bob, "|/bin/id \u001b[2J"\n');
    await virtfs(sandbox, 'set', domain, '--refuse', 'sales');
    const { out } = await virtfs(sandbox, 'show', domain);
    expect(out.join('\n')).toContain('refused      sales');
    expect(out.at(-1)).toBe('  aliases      info: bob; "|/bin/id \\x1b[2J" does not count: it is a program');
    const { out: json } = await virtfs(sandbox, 'show', '--json', domain);
    expect(JSON.parse(json.join('\n'))).toMatchObject({
      domain,
      mail: { refuse: ['sales'] },
      aliases: [{ name: 'info', targets: ['bob'] }],
    });
  });
});

describe('virtfs mail explain', () => {
  it('says where a message would go, and 1 where it would not', async ({ sandbox }) => {
    await addBob(sandbox);
    const { status, out } = await virtfs(sandbox, 'explain', `bob@www.${domain}`);
    expect(status).toBe(0);
    expect(out.at(-1)).toBe(`delivered to ${sandbox.root}/${domain}/home/b/bob/Maildir as user 200002`);
    expect((await virtfs(sandbox, 'explain', `nobody2@${domain}`)).status).toBe(1);
    const { out: json } = await virtfs(sandbox, 'explain', '--json', 'a/b@x');
    expect(JSON.parse(json.join('\n'))).toMatchObject({
      address: 'a/b@x',
      result: { type: 'refused', status: '5.1.3' },
    });
  });
});

async function virtfs(sandbox: Sandbox, action: string, ...words: readonly string[]) {
  const io = fakeIo({ env: { VIRTFS_CONFIG_DIR: sandbox.settings.configDir, VIRTFS_ROOT: sandbox.root } });
  const status = await runMain(commands, ['mail', action, ...words], io);
  return { status, out: io.outLines.flatMap((line) => line.split('\n')), err: io.errLines };
}

function recordOf({ root }: Sandbox, name: string = domain): string {
  return readFileSync(join(root, `.virtfs/domains/${name}.json`), 'utf8');
}

function mailOf(sandbox: Sandbox, name?: string): unknown {
  return JSON.parse(recordOf(sandbox, name)).mail;
}
