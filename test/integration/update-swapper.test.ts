import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect } from 'vitest';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import type { Entry } from '../../src/manifest/entry.ts';
import { type SectionName, sectionTitles } from '../../src/manifest/plan.ts';
import { planDomains } from '../../src/pipeline/plan-domains.ts';
import type { UpdateResult } from '../../src/pipeline/update-request.ts';
import { entriesOf } from '../../src/plan/assemble-plan.ts';
import { describeCanary, makeCanary } from '../support/canary.ts';
import { hashOf, walk } from '../support/list-tree.ts';
import { layNaively } from '../support/naive-writer.ts';
import { needs } from '../support/needs.ts';
import { requestOf } from '../support/run-create.ts';
import { rollBack, update } from '../support/run-update.ts';
import { compileSwapper, type Swapper, startSwapper } from '../support/start-swapper.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';
import { createWithTool, domain, inTree, putTool } from '../support/update-scene.ts';

const rounds = 240;
/** A naive program is led astray within a few tries; this many without that would mean that the swapper does not work. */
const mostTries = 300;

describe.runIf(needs('root', { program: 'gcc' }))('A program that swaps folders of a tree for links', () => {
  sandboxTest(
    'never makes an update or a rollback write elsewhere, nor keeps the next one from mending the tree',
    { timeout: 180_000 },
    async ({ sandbox, hostFolder }) => {
      await createWithTool(sandbox, hostFolder, [domain]);
      const tally = new Map<string, number>();
      const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);
      await using swapper = await startIn(sandbox, hostFolder);
      const { canary, before } = swapper;
      for (let index = 0; index < rounds; index++) {
        // Files and folders come and go with what the tool needs.
        putTool(hostFolder, `version ${index}`, index % 2 === 0 ? '/usr/bin/tail' : undefined);
        const how = { repair: index % 3 !== 0 };
        count(await endOf('update', () => update(sandbox.settings, [domain], how)));
        if (index % 4 === 3) count(await endOf('rollback', () => rollBack(sandbox.settings, domain)));
      }
      const swaps = await swapper.stop();
      process.stdout.write(`${swaps} swaps: ${JSON.stringify(Object.fromEntries(tally))}\n`);
      expect(describeCanary(canary)).toBe(before);
      expect(swaps).toBeGreaterThan(500);
      expect(tally.get('update: whole') ?? 0).toBeGreaterThan(0);
      expect(tally.get('update: conflicts') ?? 0).toBeGreaterThan(0);
      await update(sandbox.settings, [domain], { repair: true });
      expect((await update(sandbox.settings, [domain], { repair: true })).domains).toEqual([]);
      expect(readdirSync(join(sandbox.root, '.virtfs/stage'))).toEqual([]);
      expect(existsSync(join(sandbox.root, '.virtfs/layers/unfinished.json'))).toBe(false);
      requireStoreUnchanged(sandbox);
    },
  );

  sandboxTest(
    'makes an update that trusts paths write elsewhere',
    { timeout: 180_000 },
    async ({ sandbox, hostFolder }) => {
      await createWithTool(sandbox, hostFolder, [domain]);
      const entries = await planned(sandbox);
      await using swapper = await startIn(sandbox, hostFolder);
      const { canary, before } = swapper;
      let tries = 0;
      for (; tries < mostTries && describeCanary(canary) === before; tries++)
        layNaively(inTree(sandbox, ''), entries);
      const swaps = await swapper.stop();
      process.stdout.write(`${swaps} swaps: a naive update was led astray at try ${tries}\n`);
      expect(describeCanary(canary)).not.toBe(before);
    },
  );
});

// biome-ignore format: a list
const swapped = [
  'etc', 'etc/pam.d', 'usr', 'usr/bin', 'usr/bin', 'usr/lib', 'usr/lib/x86_64-linux-gnu', 'dev', 'dev', 'var', 'opt',
];

interface Running extends Swapper {
  readonly canary: string;
  /** The canary before the swapper began. */
  readonly before: string;
}

async function startIn(sandbox: Sandbox, hostFolder: string): Promise<Running> {
  const canary = makeCanary(join(sandbox.disk, 'canary'));
  const before = describeCanary(canary);
  const folders = [...swapped.map((path) => inTree(sandbox, path)), inTree(sandbox, hostFolder)];
  return { canary, before, ...(await startSwapper(compileSwapper(sandbox.base), canary, folders)) };
}

async function endOf(name: string, work: () => Promise<UpdateResult>): Promise<string> {
  try {
    const { domains } = await work();
    return `${name}: ${domains.some(({ conflicts }) => conflicts.length > 0) ? 'conflicts' : 'whole'}`;
  } catch (error) {
    if (error instanceof VirtfsError) return `${name}: ${error.code}`;
    throw error;
  }
}

async function planned(sandbox: Sandbox): Promise<readonly Entry[]> {
  const { domains } = await planDomains(requestOf({ settings: sandbox.settings, domains: ['naive.org'] }));
  const plan = domains[0]?.plan;
  if (plan === undefined) throw new Error('nothing was planned');
  return (Object.keys(sectionTitles) as SectionName[]).flatMap((name) => entriesOf(plan, name));
}

function requireStoreUnchanged({ root }: Sandbox): void {
  const store = join(root, '.virtfs/store');
  const objects = walk(store).filter(({ stats }) => stats.isFile());
  const wrong = objects.filter(({ path }) => !basename(path).startsWith(hashOf(join(store, path))));
  expect(wrong.map(({ path }) => path)).toEqual([]);
}
