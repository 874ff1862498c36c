import { closeSync, existsSync, openSync, readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect } from 'vitest';
import { removeTree } from '../../src/engine/remove-tree.ts';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import type { Entry } from '../../src/manifest/entry.ts';
import { type SectionName, sectionTitles } from '../../src/manifest/plan.ts';
import { planDomains } from '../../src/pipeline/plan-domains.ts';
import { entriesOf } from '../../src/plan/assemble-plan.ts';
import { describeCanary, makeCanary } from '../support/canary.ts';
import { hashOf, listTree, walk } from '../support/list-tree.ts';
import { layNaively, removeNaively } from '../support/naive-writer.ts';
import { needs } from '../support/needs.ts';
import { create, requestOf } from '../support/run-create.ts';
import { compileSwapper, type Swapper, startSwapper } from '../support/start-swapper.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

const creates = 60;
const removals = 100;
/** A naive program is led astray within a few tries; this many without that would mean that the swapper does not work. */
const mostTries = 300;

describe.runIf(needs('root', { program: 'gcc' }))('A program that swaps folders of trees for links', () => {
  sandboxTest('never makes a create write elsewhere', { timeout: 180_000 }, async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['finished.org'] });
    const finished = listTree(join(sandbox.root, 'finished.org'));
    const tally = new Map<string, number>();
    await using swapper = await startIn(sandbox);
    const { canary, before } = swapper;
    for (let index = 0; index < creates; index++) {
      const code = await createdOrCode(sandbox, `d${index}.org`);
      tally.set(code, (tally.get(code) ?? 0) + 1);
    }
    const rounds = await swapper.stop();
    process.stdout.write(
      `${rounds} swaps in ${creates} creates: ${JSON.stringify(Object.fromEntries(tally))}\n`,
    );
    expect(describeCanary(canary)).toBe(before);
    expect(rounds).toBeGreaterThan(500);
    expect(listTree(join(sandbox.root, 'finished.org'))).toEqual(finished);
    await create({ settings: sandbox.settings, domains: ['calm.org'] });
    expect(readdirSync(join(sandbox.root, '.virtfs/stage'))).toEqual([]);
    requireStoreUnchanged(sandbox);
  });

  sandboxTest(
    'makes a program that trusts paths write elsewhere',
    { timeout: 180_000 },
    async ({ sandbox }) => {
      await create({ settings: sandbox.settings, domains: ['finished.org'] });
      const entries = await planned(sandbox);
      await using swapper = await startIn(sandbox);
      const { canary, before } = swapper;
      let tries = 0;
      for (; tries < mostTries && describeCanary(canary) === before; tries++) {
        layNaively(join(stageOf(sandbox), '0'), entries);
        clearStage(sandbox);
      }
      const rounds = await swapper.stop();
      process.stdout.write(`${rounds} swaps: a naive writer was led astray at try ${tries}\n`);
      expect(describeCanary(canary)).not.toBe(before);
    },
  );

  sandboxTest('never makes a removal go on elsewhere', { timeout: 180_000 }, async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['finished.org'] });
    const entries = await planned(sandbox);
    await using swapper = await startIn(sandbox);
    const { canary, before } = swapper;
    const ends = { removed: 0, refused: 0 };
    for (let index = 0; index < removals; index++) {
      layBeside(sandbox, entries);
      ends[clearStage(sandbox) ? 'removed' : 'refused'] += 1;
    }
    const rounds = await swapper.stop();
    process.stdout.write(`${rounds} swaps in ${removals} removals: ${JSON.stringify(ends)}\n`);
    expect(describeCanary(canary)).toBe(before);
    expect(clearStage(sandbox)).toBe(true);
    expect(readdirSync(stageOf(sandbox))).toEqual([]);
  });

  sandboxTest(
    'makes a removal that trusts paths go on elsewhere',
    { timeout: 180_000 },
    async ({ sandbox }) => {
      await create({ settings: sandbox.settings, domains: ['finished.org'] });
      const entries = await planned(sandbox);
      await using swapper = await startIn(sandbox);
      const { canary, before } = swapper;
      let tries = 0;
      for (; tries < mostTries && describeCanary(canary) === before; tries++) {
        layBeside(sandbox, entries);
        removeNaively(join(stageOf(sandbox), '0'));
        clearStage(sandbox);
      }
      const rounds = await swapper.stop();
      process.stdout.write(`${rounds} swaps: a naive removal was led astray at try ${tries}\n`);
      expect(describeCanary(canary)).not.toBe(before);
    },
  );
});

// biome-ignore format: a list
const swapped = [
  'etc', 'etc/pam.d', 'etc/skel', 'usr', 'usr/bin', 'usr/lib', 'usr/lib/x86_64-linux-gnu', 'dev', 'var', 'var/log', 'var/www',
  'home', 'home/a', 'home/a/admin', 'run', 'tmp',
];

interface Running extends Swapper {
  readonly canary: string;
  /** The canary before the swapper began. */
  readonly before: string;
}

/** Swaps folders of the tree in the stage and of the finished tree, in turn with links to a canary. */
async function startIn(sandbox: Sandbox): Promise<Running> {
  const canary = makeCanary(join(sandbox.disk, 'canary'));
  const before = describeCanary(canary);
  const trees = [join(stageOf(sandbox), '0'), join(sandbox.root, 'finished.org')];
  const folders = trees.flatMap((tree) => swapped.map((path) => join(tree, path)));
  return { canary, before, ...(await startSwapper(compileSwapper(sandbox.base), canary, folders)) };
}

function stageOf({ root }: Sandbox): string {
  return join(root, '.virtfs/stage');
}

async function createdOrCode({ settings }: Sandbox, domain: string): Promise<string> {
  try {
    await create({ settings, domains: [domain] });
    return 'created';
  } catch (error) {
    if (error instanceof VirtfsError) return error.code;
    throw error;
  }
}

async function planned(sandbox: Sandbox): Promise<readonly Entry[]> {
  const { domains } = await planDomains(requestOf({ settings: sandbox.settings, domains: ['naive.org'] }));
  const plan = domains[0]?.plan;
  if (plan === undefined) throw new Error('nothing was planned');
  return (Object.keys(sectionTitles) as SectionName[]).flatMap((name) => entriesOf(plan, name));
}

/** A tree in the stage, laid where the swapper does not look. */
function layBeside(sandbox: Sandbox, entries: readonly Entry[]): void {
  const stage = stageOf(sandbox);
  if (existsSync(join(stage, '0'))) return;
  layNaively(join(stage, 'beside'), entries);
  renameSync(join(stage, 'beside'), join(stage, '0'));
}

/** False when it is refused because of the swapper. */
function clearStage(sandbox: Sandbox): boolean {
  const fd = openSync(stageOf(sandbox), 'r');
  try {
    for (const name of readdirSync(stageOf(sandbox))) removeTree(fd, name);
    return true;
  } catch (error) {
    if (error instanceof VirtfsError) return false;
    throw error;
  } finally {
    closeSync(fd);
  }
}

function requireStoreUnchanged({ root }: Sandbox): void {
  const store = join(root, '.virtfs/store');
  const objects = walk(store).filter(({ stats }) => stats.isFile());
  const wrong = objects.filter(
    ({ path, stats }) =>
      !basename(path).startsWith(hashOf(join(store, path))) ||
      !path.endsWith((Number(stats.mode) & 0o7777).toString(8).padStart(4, '0')) ||
      stats.uid !== 0n ||
      stats.gid !== 0n,
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
}
