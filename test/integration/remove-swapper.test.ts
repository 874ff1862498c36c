import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { describeCanary, makeCanary } from '../support/canary.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { remove } from '../support/run-removal.ts';
import { compileSwapper, startSwapper } from '../support/start-swapper.ts';
import { sandboxTest } from '../support/trees-root.ts';

const domain = 'a.org';
const rounds = 40;

// biome-ignore format: a list
const swapped = [
  'etc', 'etc/pam.d', 'etc/skel', 'usr', 'usr/bin', 'usr/lib', 'usr/lib/x86_64-linux-gnu', 'dev', 'var', 'var/log', 'var/www',
  'home', 'home/a', 'home/a/admin', 'run', 'tmp', 'tmp/deep', 'tmp/deep/er',
];

describe.runIf(needs('root', { program: 'gcc' }))('A program that swaps folders of a tree for links', () => {
  sandboxTest(
    'never makes a removal go on elsewhere, nor keeps it from its end',
    { timeout: 180_000 },
    async ({ sandbox }) => {
      const { settings, root, base, disk } = sandbox;
      const program = compileSwapper(base);
      const canary = makeCanary(join(disk, 'canary'));
      const before = describeCanary(canary);
      const tally = new Map<string, number>();
      let swaps = 0;
      for (let round = 0; round < rounds; round++) {
        await create({ settings, domains: [domain] });
        mkdirSync(join(root, domain, 'tmp/deep/er'), { recursive: true });
        // It works in the tree wherever that goes, as a program of the host that force leaves alone.
        await using swapper = await startSwapper(program, canary, swapped, join(root, domain));
        const code = await removedOrCode(() =>
          remove({ settings, domains: [domain], purge: true, force: true }),
        );
        tally.set(code, (tally.get(code) ?? 0) + 1);
        swaps += await swapper.stop();
        expect(readdirSync(root), code).toEqual(['.virtfs']);
        if (code !== 'removed') await remove({ settings, domains: [domain], purge: true });
        expect(readdirSync(join(root, '.virtfs/trash'))).toEqual([]);
      }
      process.stdout.write(
        `${swaps} swaps in ${rounds} removals: ${JSON.stringify(Object.fromEntries(tally))}\n`,
      );
      expect(describeCanary(canary)).toBe(before);
      expect(swaps).toBeGreaterThan(100);
    },
  );
});

async function removedOrCode(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'removed';
  } catch (error) {
    if (error instanceof VirtfsError) return error.code;
    throw error;
  }
}
