import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { describeCanary, makeCanary } from '../support/canary.ts';
import { needs } from '../support/needs.ts';
import { runUserWords, type UserWords } from '../support/run-user-words.ts';
import { compileSwapper, startSwapper } from '../support/start-swapper.ts';
import { domain, someHash, treeTest } from '../support/tree-users.ts';

const rounds = 300;
const swapped = ['etc', 'etc/skel', 'home', 'home/b', 'home/b/bob', 'var', 'var/mail'];

describe.runIf(needs('root', { program: 'gcc' }))('A program that swaps folders of a tree for links', () => {
  treeTest(
    'never makes a change of its users reach elsewhere',
    { timeout: 180_000 },
    async ({ sandbox, tree }) => {
      const canary = makeCanary(join(sandbox.disk, 'canary'));
      const before = describeCanary(canary);
      const folders = swapped.map((path) => join(tree, path));
      await using swapper = await startSwapper(compileSwapper(sandbox.base), canary, folders);
      const tally = new Map<string, number>();
      const words = { root: sandbox.root, domain, name: 'bob', hash: someHash } as const;
      for (let round = 0; round < rounds; round++) {
        for (const action of ['add', 'passwd', 'remove'] as const) {
          const end = `${action}: ${await endOf({ ...words, action })}`;
          tally.set(end, (tally.get(end) ?? 0) + 1);
        }
      }
      const swaps = await swapper.stop();
      process.stdout.write(`${swaps} swaps: ${JSON.stringify(Object.fromEntries(tally))}\n`);
      expect(describeCanary(canary)).toBe(before);
      expect(swaps).toBeGreaterThan(500);
      expect(tally.get('add: done')).toBeGreaterThan(0);
      // In peace again, one more call puts all in order.
      if ((await endOf({ ...words, action: 'add' })) !== 'done') await endOf({ ...words, action: 'passwd' });
      expect(await endOf({ ...words, action: 'remove' })).toBe('done');
    },
  );
});

async function endOf(words: UserWords): Promise<string> {
  try {
    await runUserWords(words);
    return 'done';
  } catch (error) {
    if (error instanceof VirtfsError) return error.code;
    throw error;
  }
}
