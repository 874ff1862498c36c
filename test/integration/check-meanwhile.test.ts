import { closeSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { openTreesRoot } from '../../src/engine/open-root.ts';
import { StoreReader } from '../../src/engine/read-store.ts';
import { type WalkedFolder, walkTree } from '../../src/engine/walk-tree.ts';
import { Host } from '../../src/host/open-host.ts';
import type { Finding } from '../../src/manifest/finding.ts';
import { checkDomains } from '../../src/pipeline/check-domains.ts';
import { CheckedRoot } from '../../src/pipeline/check-root.ts';
import { StoreCheck } from '../../src/pipeline/check-store.ts';
import { OutdatedFinder } from '../../src/pipeline/find-outdated.ts';
import { FindingList } from '../../src/pipeline/finding-list.ts';
import { needs } from '../support/needs.ts';
import { makeOne } from '../support/run-check.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('checkDomains, while others change the tree', () => {
  sandboxTest('looks again at a domain whose manifest is another by now', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    const folders = listFolders(tree);
    const manifest = join(sandbox.root, '.virtfs/manifests/a.org.json');
    renameSync(join(tree, 'usr/bin/cat'), join(sandbox.disk, 'cat'));
    const left: number[] = [];
    const findings = await checkOne(sandbox, () => {
      // The tree's own folder is left last, when usr/bin was looked at long ago.
      if (left.push(left.length) !== folders.length) return;
      renameSync(join(sandbox.disk, 'cat'), join(tree, 'usr/bin/cat'));
      const text = JSON.parse(readFileSync(manifest, 'utf8'));
      writeFileSync(manifest, JSON.stringify({ ...text, updated: '2030-01-01T00:00:00Z' }));
    });
    expect(findings).toEqual([]);
    expect(left).toHaveLength(2 * folders.length);
  });

  sandboxTest(
    'takes nothing for missing that was put back while its folder was read',
    async ({ sandbox }) => {
      const tree = await makeOne(sandbox);
      const path = join(tree, 'etc/nsswitch.conf');
      renameSync(path, join(sandbox.disk, 'aside'));
      const folders = listFolders(tree);
      // By then the names of etc were read, without this one.
      const firstInEtc = folders.findIndex((folder) => folder.startsWith('etc/'));
      expect(firstInEtc).toBeLessThan(folders.indexOf('etc'));
      let left = 0;
      const findings = await checkOne(sandbox, () => {
        if (left++ === firstInEtc) renameSync(join(sandbox.disk, 'aside'), path);
      });
      expect(findings).toEqual([]);
      expect(left).toBe(folders.length);
    },
  );

  sandboxTest('passes by a tree that is gone', async ({ sandbox }) => {
    await makeOne(sandbox);
    const signal = new AbortController().signal;
    const request = { wholeStore: false, deep: false, progress: 'none', signal } as const;
    const domains = [{ root: sandbox.root, domain: parseDomainName('gone.org') }];
    expect(await checkDomains({ ...request, domains })).toEqual({ domains: [], findings: [] });
  });

  sandboxTest('stops when it is told to', async ({ sandbox }) => {
    await makeOne(sandbox);
    const controller = new AbortController();
    controller.abort(new Error('stopped'));
    const request = { wholeStore: false, deep: false, progress: 'none', signal: controller.signal } as const;
    const domains = [{ root: sandbox.root, domain: parseDomainName('a.org') }];
    await expect(checkDomains({ ...request, domains })).rejects.toThrow('stopped');
  });
});

/** The findings of a.org; `onLeave` is called after each folder. */
async function checkOne(
  { root: path }: Sandbox,
  onLeave: () => void,
): Promise<readonly Finding[] | undefined> {
  using root = openTreesRoot(path, { make: false });
  using reader = new StoreReader(root.fd);
  const store = new StoreCheck(reader, root.path, new FindingList({ root: path }));
  const outdated = new OutdatedFinder(new Host(new Map()));
  const between = () => {
    onLeave();
    return undefined;
  };
  const checked = new CheckedRoot({ root, shownRoot: path, store, outdated, deep: false, between });
  return await checked.check(parseDomainName('a.org'));
}

/** The folders of a tree in the order in which a walk leaves them. */
function listFolders(tree: string): readonly string[] {
  const fd = openSync(tree, 'r');
  try {
    return [...walkTree(fd)].flatMap((event) => (event.type === 'leave' ? [pathOf(event.folder)] : []));
  } finally {
    closeSync(fd);
  }
}

function pathOf({ parent, name }: WalkedFolder): string {
  const above = parent === undefined ? '' : pathOf(parent);
  return above === '' ? name : `${above}/${name}`;
}
