import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { commands } from '../../src/cli/command-table.ts';
import { runMain } from '../../src/cli/run-main.ts';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { readManifest } from '../../src/host/read-manifest.ts';
import { findDomain, listDomains, readRecord } from '../../src/host/read-records.ts';
import { fakeIo } from '../support/fake-io.ts';

const test = base.extend<{ root: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names from here
  root: async ({}, use) => {
    const root = mkdtempSync(join(tmpdir(), 'virtfs-'));
    for (const name of [
      'b.org',
      'a.org',
      'lost+found',
      '.virtfs',
      '.virtfs/domains',
      '.virtfs/manifests',
      'UPPER.org',
      'nodots',
    ]) {
      mkdirSync(join(root, name));
    }
    writeFileSync(join(root, 'conf.ftp'), '');
    await use(root);
    rmSync(root, { recursive: true });
  },
});

describe('listDomains', () => {
  test('takes directories with the name of a domain, and nothing else', ({ root }) => {
    mkdirSync(join(root, 'evil\u001b[2J.org'));
    expect(listDomains(root)).toEqual({ root, domains: ['a.org', 'b.org'], aliases: [] });
  });

  test('takes links to a sibling as aliases, and no others', ({ root }) => {
    for (const [name, target] of [
      ['w.org', 'a.org'],
      ['x.org', '/etc'],
      ['y.org', '../a.org'],
      ['z.org', 'c.org'],
      ['q.org', 'x.org'],
    ] as const) {
      symlinkSync(target, join(root, name));
    }
    expect(listDomains(root).aliases).toEqual([{ name: 'w.org', domain: 'a.org' }]);
  });

  test('is empty where there is no such folder', ({ root }) => {
    expect(listDomains(join(root, 'none'))).toMatchObject({ domains: [], aliases: [] });
  });
});

describe('findDomain', () => {
  test('finds a tree by an alias in any root, and names the nearest where there is none', async ({
    root,
  }) => {
    symlinkSync('a.org', join(root, 'www.a.org'));
    const found = await findDomain(['/nonexistent', root], parseDomainName('www.a.org'));
    expect(found).toEqual({ root, domain: 'a.org', alias: 'www.a.org' });
    await expect(findDomain([root], parseDomainName('ww.a.org'))).rejects.toMatchObject({
      code: 'DOMAIN_MISSING',
      mend: expect.stringContaining('perhaps www.a.org is meant'),
    });
  });
});

describe('readRecord', () => {
  test('is undefined for a tree made by hand, and refuses the record of another domain', async ({ root }) => {
    const domain = parseDomainName('a.org');
    expect(await readRecord(root, domain)).toBeUndefined();
    putRecord(root, 'a.org', 'b.org');
    await expect(readRecord(root, domain)).rejects.toMatchObject({
      code: 'BAD_RECORD',
      why: 'it speaks of b.org',
    });
  });
});

describe('readManifest', () => {
  test('names the layer that is missing', async ({ root }) => {
    const domain = parseDomainName('a.org');
    expect(await readManifest(root, domain)).toBeUndefined();
    const layer = 'ab'.repeat(32);
    writeFileSync(
      join(root, '.virtfs/manifests/a.org.json'),
      JSON.stringify({ version: 1, domain, layer, own: [] }),
    );
    await expect(readManifest(root, domain)).rejects.toMatchObject({
      code: 'BAD_RECORD',
      what: expect.stringContaining(`layers/${layer}.json`),
    });
  });
});

describe('virtfs list', () => {
  test('shows the others when one record is broken, reports that one, and ends with 65', async ({ root }) => {
    putRecord(root, 'a.org', 'a.org');
    writeFileSync(join(root, '.virtfs/domains/b.org.json'), '{');
    const { status, out, err } = await virtfs('list', '--root', root);
    expect(status).toBe(65);
    expect(out.map((line) => line.split(/ +/u))).toEqual([
      ['DOMAIN', 'ADDRESSES', 'PROFILES', 'ALIASES', 'CREATED'],
      ['a.org', '192.0.2.1', 'login', '-', '2026-01-01'],
      ['b.org', '-', '-', '-', '-'],
    ]);
    expect(err[0]).toContain('b.org.json');
  });

  test('gives names and aliases alone without reading a record', async ({ root }) => {
    writeFileSync(join(root, '.virtfs/domains/b.org.json'), '{');
    symlinkSync('a.org', join(root, 'aa.org'));
    expect(await virtfs('list', '--names', '--root', root)).toEqual({
      status: 0,
      out: ['a.org', 'aa.org', 'b.org'],
      err: [],
    });
  });

  test('gives one JSON document', async ({ root }) => {
    putRecord(root, 'a.org', 'a.org');
    const { out } = await virtfs('list', '--json', '--root', root);
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      roots: [root],
      domains: [
        { domain: 'a.org', recorded: true, addresses: ['192.0.2.1'] },
        { domain: 'b.org', recorded: false },
      ],
    });
  });
});

describe('virtfs show and explain', () => {
  test('say that a tree was made by hand', async ({ root }) => {
    const shown = await virtfs('show', 'b.org', '--root', root);
    expect(shown.status).toBe(0);
    expect(shown.out.join('\n')).toContain('virtfs did not make this tree');
    const explained = await virtfs('explain', 'b.org', '/bin/ls', '--root', root);
    expect(explained.status).toBe(66);
  });
});

function putRecord(root: string, file: string, domain: string): void {
  const record = {
    version: 1,
    domain,
    profiles: ['login'],
    addresses: ['192.0.2.1'],
    aliases: [],
    admin: 'admin',
    uids: { first: 200_000, count: 10 },
    link: 'copy',
    created: '2026-01-01T00:00:00.000Z',
    updated: '2026-01-01T00:00:00.000Z',
  };
  writeFileSync(join(root, `.virtfs/domains/${file}.json`), JSON.stringify(record));
}

async function virtfs(...words: string[]) {
  const io = fakeIo();
  const status = await runMain(commands, words, io);
  return { status, out: io.outLines, err: io.errLines };
}
