import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { parseRecord } from '../../src/domain/parse-record.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create, runCreate } from '../support/run-create.ts';
import { makeSandbox, removeSandbox, type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('createDomains, several at once', () => {
  sandboxTest('lets one of two win the name, and tells the other', async ({ sandbox }) => {
    const words = { settings: sandbox.settings, domains: ['foo.bar.com'] };
    const ends = await Promise.all([runCreate(words), runCreate(words)]);
    expect(ends.map(({ status, code }) => `${status} ${code}`).sort()).toEqual([
      '0 undefined',
      '73 DOMAIN_EXISTS',
    ]);
    expect(listTree(join(sandbox.root, 'foo.bar.com'))).toEqual(await undisturbed('foo.bar.com'));
  });

  sandboxTest('makes ten domains by ten processes, each with ids of its own', async ({ sandbox }) => {
    const domains = Array.from({ length: 10 }, (_, index) => `d${index}.org`);
    const ends = await Promise.all(
      domains.map((domain) => runCreate({ settings: sandbox.settings, domains: [domain] })),
    );
    expect(ends.map(({ stderr }) => stderr).join('')).toBe('');
    expect(readdirSync(sandbox.root).sort()).toEqual(['.virtfs', ...domains]);
    expect(readdirSync(join(sandbox.root, '.virtfs/stage'))).toEqual([]);
    const ranges = domains
      .map((domain) => uidsOf(sandbox, domain))
      .sort((one, other) => one.first - other.first);
    expect(ranges.map(({ count }) => count)).toEqual(domains.map(() => 10_000));
    const meets = ranges.filter(({ first }, index) => first < endOf(ranges[index - 1]));
    expect(meets).toEqual([]);
  });
});

async function undisturbed(domain: string): Promise<readonly string[]> {
  const sandbox = makeSandbox();
  try {
    await create({ settings: sandbox.settings, domains: [domain] });
    return listTree(join(sandbox.root, domain));
  } finally {
    removeSandbox(sandbox);
  }
}

function uidsOf({ root }: Sandbox, domain: string) {
  return parseRecord(readFileSync(join(root, '.virtfs/domains', `${domain}.json`), 'utf8'), domain).uids;
}

function endOf(range: { readonly first: number; readonly count: number } | undefined): number {
  return range === undefined ? 0 : range.first + range.count;
}
