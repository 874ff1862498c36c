import { readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { hashOf, listTree, walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { makeSandbox, removeSandbox, type Sandbox } from '../support/trees-root.ts';

const pageBytes = 4096;

describe.runIf(needs('root'))('createDomains on a disk that fills up', () => {
  test('says so wherever space ends, clears the stage, and works with more space', {
    timeout: 120_000,
  }, async () => {
    const { bytes } = await measure([]);
    for (const part of [0, 0.01, 0.1, 0.5, 0.9, 0.97, 0.985, 0.99, 0.995, 0.999]) {
      const pages = Math.max(1, Math.floor((bytes * part) / pageBytes));
      await failAndMend(makeSandbox('tmpfs', `size=${pages * pageBytes}`), []);
    }
  });

  test('says so wherever inodes end', { timeout: 120_000 }, async () => {
    const { inodes } = await measure([]);
    for (const short of [1, 2, 3, 5, 20, 60, inodes - 30, inodes - 15, inodes - 9, inodes - 4]) {
      await failAndMend(makeSandbox('tmpfs', `nr_inodes=${inodes - short}`), []);
    }
  });

  test('loses nothing of the domains that are there', { timeout: 120_000 }, async () => {
    const before = await measure(['first.org']);
    const after = await measure(['first.org', 'second.org']);
    const cost = (after.bytes - before.bytes) / pageBytes;
    for (const pages of [0, 1, 5, Math.floor(cost / 2)]) {
      await failAndMend(makeSandbox(), ['first.org'], (used) => used + pages * pageBytes);
    }
  });
});

/** What domains take on a disk without limits. */
async function measure(
  domains: readonly string[],
): Promise<{ readonly bytes: number; readonly inodes: number }> {
  const sandbox = makeSandbox();
  try {
    for (const domain of [...domains, 'foo.bar.com'])
      await create({ settings: sandbox.settings, domains: [domain] });
    return usedOn(sandbox);
  } finally {
    removeSandbox(sandbox);
  }
}

function usedOn({ disk }: Sandbox): { readonly bytes: number; readonly inodes: number } {
  const { blocks, bfree, bsize, files, ffree } = statfsSync(disk);
  return { bytes: (blocks - bfree) * bsize, inodes: files - ffree };
}

/** Makes the domains that are to be there, and one more in `limit` bytes; then that one again with enough of all. */
async function failAndMend(
  sandbox: Sandbox,
  there: readonly string[],
  limit?: (used: number) => number,
): Promise<void> {
  try {
    for (const domain of there) await create({ settings: sandbox.settings, domains: [domain] });
    if (limit !== undefined) sandbox.remount(`size=${limit(usedOn(sandbox).bytes)}`);
    const listings = there.map((domain) => listTree(join(sandbox.root, domain)));
    const words = { settings: sandbox.settings, domains: ['foo.bar.com'], aliases: ['www.bar.com'] };
    const error: unknown = await create(words).catch((thrown: unknown) => thrown);
    if (!(error instanceof VirtfsError)) throw error;
    expect(error).toMatchObject({ code: 'NO_SPACE', exitStatus: 74 });
    requireClear(sandbox, there);
    expect(there.map((domain) => listTree(join(sandbox.root, domain)))).toEqual(listings);
    sandbox.remount('size=64m,nr_inodes=0');
    await create(words);
    expect(readdirSync(sandbox.root).sort()).toEqual(
      ['.virtfs', ...there, 'foo.bar.com', 'www.bar.com'].sort(),
    );
  } finally {
    removeSandbox(sandbox);
  }
}

function requireClear({ root, disk }: Sandbox, there: readonly string[]): void {
  if (!readdirSync(disk).includes('virtual')) return;
  expect(readdirSync(root).filter((name) => name !== '.virtfs')).toEqual(there);
  const left = walk(root, (path) => there.includes(path)).map(({ path }) => path);
  expect(left.filter((path) => /^\.virtfs\/stage\/|\.new-|\.probe-/u.test(path))).toEqual([]);
  expect(left.filter((path) => path.includes('foo.bar.com'))).toEqual([]);
  const store = join(root, '.virtfs/store');
  const objects = left.filter((path) => /^\.virtfs\/store\/..\/[^/]+$/u.test(path) && !path.includes('/ln/'));
  const broken = objects.filter(
    (path) => !path.includes(hashOf(join(store, path.slice('.virtfs/store/'.length)))),
  );
  expect(broken).toEqual([]);
}
