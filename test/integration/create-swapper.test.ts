import { closeSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect } from 'vitest';
import { removeTree } from '../../src/engine/remove-tree.ts';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import type { Entry } from '../../src/manifest/entry.ts';
import { entriesOf } from '../../src/plan/assemble-plan.ts';
import { type SectionName, sectionTitles } from '../../src/manifest/plan.ts';
import { planDomains } from '../../src/pipeline/plan-domains.ts';
import { describeCanary, makeCanary } from '../support/canary.ts';
import { hashOf, listTree, walk } from '../support/list-tree.ts';
import { layNaively, removeNaively } from '../support/naive-writer.ts';
import { needs } from '../support/needs.ts';
import { create, requestOf } from '../support/run-create.ts';
import { compileSwapper, startSwapper } from '../support/start-swapper.ts';
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
    const { canary, before, stop } = await startIn(sandbox);
    for (let index = 0; index < creates; index++) {
      const code = await createdOrCode(sandbox, `d${index}.org`);
      tally.set(code, (tally.get(code) ?? 0) + 1);
    }
    const rounds = await stop();
    process.stdout.write(`${rounds} swaps in ${creates} creates: ${JSON.stringify(Object.fromEntries(tally))}\n`);
    expect(describeCanary(canary)).toBe(before);
    expect(rounds).toBeGreaterThan(500);
    expect(listTree(join(sandbox.root, 'finished.org'))).toEqual(finished);
    await create({ settings: sandbox.settings, domains: ['calm.org'] });
    expect(readdirSync(join(sandbox.root, '.virtfs/stage'))).toEqual([]);
    requireStoreUnchanged(sandbox);
  });

  sandboxTest('makes a program that trusts paths write elsewhere', { timeout: 180_000 }, async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['finished.org'] });
    const entries = await planned(sandbox);
    const { canary, before, stop } = await startIn(sandbox);
    let tries = 0;
    for (; tries < mostTries && describeCanary(canary) === before; tries++) {
      layNaively(join(stageOf(sandbox), '0'), entries);
      clearStage(sandbox);
    }
    const rounds = await stop();
    process.stdout.write(`${rounds} swaps: a naive writer was led astray at try ${tries}\n`);
    expect(describeCanary(canary)).not.toBe(before);
  });

  sandboxTest('never makes a removal go on elsewhere', { timeout: 180_000 }, async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['finished.org'] });
    const entries = await planned(sandbox);
    const { canary, before, stop } = await startIn(sandbox);
    const ends = { removed: 0, refused: 0 };
    for (let index = 0; index < removals; index++) {
      layNaivelyBeside(sandbox, entries);
      ends[clearStage(sandbox) ? 'removed' : 'refused'] += 1;
    }
    const rounds = await stop();
    process.stdout.write(`${rounds} swaps in ${removals} removals: ${JSON.stringify(ends)}\n`);
    expect(describeCanary(canary)).toBe(before);
    expect(clearStage(sandbox)).toBe(true);
    expect(readdirSync(stageOf(sandbox))).toEqual([]);
  });
});
