import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { describeCanary, makeCanary } from '../support/canary.ts';
import { makeHome, makeSource } from '../support/clone-source.ts';
import { walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { clone } from '../support/run-clone.ts';
import { compileSwapper, startSwapper } from '../support/start-swapper.ts';
import { sandboxTest } from '../support/trees-root.ts';

const clones = 40;

describe.runIf(needs('root', { program: 'gcc' }))(
  'A program that swaps folders of a domain for links',
  () => {
    sandboxTest(
      'never makes a clone of it hold what is elsewhere, or write there',
      { timeout: 180_000 },
      async ({ sandbox }) => {
        const { tree } = await makeSource(sandbox);
        fill(makeHome(tree));
        fill(join(tree, 'etc/pam.d'));
        const canary = makeCanary(join(sandbox.disk, 'canary'));
        const before = describeCanary(canary);
        const folders = swapped.map((path) => join(tree, path));
        const tally = { cloned: 0, refused: 0 };
        await using swapper = await startSwapper(compileSwapper(sandbox.base), canary, folders);
        for (let index = 0; index < clones; index++) {
          const domain = `d${index}.example`;
          const isCloned = await wasCloned(sandbox.settings, domain);
          tally[isCloned ? 'cloned' : 'refused'] += 1;
          expect(foundOfCanary(join(sandbox.root, domain))).toEqual([]);
          rmSync(join(sandbox.root, domain), { recursive: true, force: true });
        }
        const rounds = await swapper.stop();
        process.stdout.write(`${rounds} swaps in ${clones} clones: ${JSON.stringify(tally)}\n`);
        expect(describeCanary(canary)).toBe(before);
        expect(rounds).toBeGreaterThan(500);
        expect(tally.cloned).toBeGreaterThan(5);
        expect(readdirSync(join(sandbox.root, '.virtfs/stage'))).toEqual([]);
      },
    );
  },
);

// biome-ignore format: a list
const swapped = [
  'etc', 'etc/pam.d', 'etc/skel', 'home', 'home/b', 'home/b/bob', 'home/b/bob/a', 'home/b/bob/a/admin', 'home/b/bob/www', 'var', 'var/log',
  'var/www', 'var/www/html', 'usr/local', 'root', 'home/b/bob/pam.d',
];

/** Folders and files of the names the canary has. */
function fill(folder: string): void {
  for (const dir of ['a', 'a/admin', 'www', 'pam.d']) {
    mkdirSync(join(folder, dir), { recursive: true });
    for (const name of ['passwd', 'shadow', 'hosts', 'log']) writeFileSync(join(folder, dir, name), 'own');
  }
}

async function wasCloned(
  settings: Parameters<typeof clone>[0]['settings'],
  domain: string,
): Promise<boolean> {
  try {
    await clone({ settings, source: 'source.example', domain });
    return true;
  } catch (error) {
    if (error instanceof VirtfsError) return false;
    throw error;
  }
}

function foundOfCanary(tree: string): readonly string[] {
  try {
    return walk(tree)
      .filter(({ path, stats }) => stats.isFile() && readFileSync(join(tree, path)).includes('canary '))
      .map(({ path }) => path);
  } catch (error) {
    // Refused, so not there.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
