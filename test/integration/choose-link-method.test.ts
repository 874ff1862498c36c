import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LinkMethod } from '../../src/domain/record.ts';
import { chooseLinkMethod } from '../../src/engine/choose-link-method.ts';
import { listTree, walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { thrownBy } from '../support/thrown.ts';
import { makeSandbox, removeSandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('chooseLinkMethod', () => {
  sandboxTest(
    'takes hard links where there are no reflinks, and leaves nothing behind',
    ({ sandbox: { disk } }) => {
      expect(choose('auto', disk)).toBe('hardlink');
      expect(choose('hardlink', disk)).toBe('hardlink');
      expect(choose('copy', disk)).toBe('copy');
      expect(readdirSync(disk)).toEqual([]);
    },
  );

  sandboxTest('refuses what is asked for by name and cannot be', ({ sandbox: { disk } }) => {
    const error = thrownBy(() => choose('reflink', disk));
    expect(error).toMatchObject({ code: 'LINK_METHOD_IMPOSSIBLE', what: 'cannot share files by reflink' });
    expect(readdirSync(disk)).toEqual([]);
  });

  sandboxTest('does not take a full disk for one that cannot share', ({ sandbox }) => {
    sandbox.remount('size=64k');
    mkdirSync(join(sandbox.disk, 'stage'));
    expect(() => writeFileSync(join(sandbox.disk, 'filler'), Buffer.alloc(1 << 20))).toThrow('ENOSPC');
    expect(thrownBy(() => choose('auto', join(sandbox.disk, 'stage'))).code).toBe('NO_SPACE');
    expect(readdirSync(join(sandbox.disk, 'stage'))).toEqual([]);
  });
});

describe.runIf(needs('root'))('createDomains with --link copy', () => {
  sandboxTest('makes the same tree, no inode of it shared', async ({ sandbox }) => {
    const { link, domains } = await create({
      settings: sandbox.settings,
      domains: ['one.org'],
      link: 'copy',
    });
    expect(link).toBe('copy');
    const files = walk(join(sandbox.root, 'one.org')).filter(({ stats }) => stats.isFile());
    expect(files.filter(({ stats }) => stats.nlink > 1n)).toEqual([]);
    expect(domains[0]).toMatchObject({ sharedBytes: 0 });
    expect(domains[0]?.record.link).toBe('copy');
    expect(listTree(join(sandbox.root, 'one.org'))).toEqual(await hardlinkedTree('one.org'));
  });
});

// biome-ignore format: a table
const withReflinks = [
  ['btrfs', needs('root', { program: 'mkfs.btrfs' }, { program: 'filefrag' })],
  ['xfs',   needs('root', { program: 'mkfs.xfs' },   { program: 'filefrag' })],
] as const;

for (const [type, canRun] of withReflinks) {
  describe.runIf(canRun)(`createDomains on ${type}`, () => {
    test('shares blocks, not inodes, with modes and owners of its own', async () => {
      const sandbox = makeSandbox(type);
      try {
        const { link } = await create({ settings: sandbox.settings, domains: ['one.org'] });
        expect(link).toBe('reflink');
        const tree = join(sandbox.root, 'one.org');
        expect(listTree(tree)).toEqual(await hardlinkedTree('one.org'));
        const files = walk(tree).filter(({ stats }) => stats.isFile());
        expect(files.filter(({ stats }) => stats.nlink > 1n)).toEqual([]);
        const blocks = execFileSync('filefrag', ['-v', join(tree, 'usr/bin/ls')], { encoding: 'utf8' });
        expect(blocks).toContain('shared');
      } finally {
        removeSandbox(sandbox);
      }
    });
  });
}

function choose(wanted: 'auto' | LinkMethod, folder: string): LinkMethod {
  const fd = openSync(folder, 'r');
  try {
    return chooseLinkMethod(wanted, fd);
  } finally {
    closeSync(fd);
  }
}

async function hardlinkedTree(domain: string): Promise<readonly string[]> {
  const sandbox = makeSandbox();
  try {
    await create({ settings: sandbox.settings, domains: [domain], link: 'hardlink' });
    return listTree(join(sandbox.root, domain));
  } finally {
    removeSandbox(sandbox);
  }
}
