import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { DomainName } from '../../src/domain/domain-name.ts';
import { Interrupted } from '../../src/errors/interrupted.ts';
import { createDomains } from '../../src/pipeline/create-domains.ts';
import { hashOf, listTree, walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create, requestOf, startCreate } from '../support/run-create.ts';
import { makeSandbox, removeSandbox, type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('createDomains, interrupted', () => {
  sandboxTest('leaves nothing of any domain, wherever it is stopped', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['first.org'] });
    const first = listTree(join(sandbox.root, 'first.org'));
    const many = Array.from({ length: 30 }, (_, index) => `d${index}.org`);
    const chances = await countChances(many);
    expect(chances).toBeGreaterThan(100);
    for (const part of [0, 0.02, 0.05, 0.3, 0.6, 0.9, 1]) {
      const { signal } = stopAtChance(1 + Math.floor(part * (chances - 1)));
      await expect(create({ settings: sandbox.settings, domains: many }, signal)).rejects.toThrow(
        Interrupted,
      );
      requireOnly(sandbox, ['first.org']);
    }
    expect(listTree(join(sandbox.root, 'first.org'))).toEqual(first);
    await create({ settings: sandbox.settings, domains: many });
    requireOnly(sandbox, ['first.org', ...many]);
  });

  sandboxTest('ends with the status of the signal when it is sent one', async ({ sandbox }) => {
    const many = Array.from({ length: 300 }, (_, index) => `d${index}.org`);
    const { child, end } = startCreate({ settings: sandbox.settings, domains: many });
    while (stageOf(sandbox).length === 0) await sleep(2);
    child.kill('SIGINT');
    expect(await end).toMatchObject({ status: 130, code: 'Interrupted' });
    requireOnly(sandbox, []);
  });

  sandboxTest('stops waiting for the lock', async ({ sandbox }) => {
    const many = Array.from({ length: 300 }, (_, index) => `d${index}.org`);
    const holder = startCreate({ settings: sandbox.settings, domains: many });
    while (stageOf(sandbox).length === 0) await sleep(2);
    const controller = new AbortController();
    const request = requestOf({ settings: sandbox.settings, domains: ['late.org'] }, controller.signal);
    const onWait = () => controller.abort(new Interrupted('SIGTERM'));
    await expect(createDomains({ ...request, onWait })).rejects.toThrow(Interrupted);
    holder.child.kill('SIGINT');
    await holder.end;
    requireOnly(sandbox, []);
  });
});

/** How often a create looks whether it is to stop. The store is filled as in the sandbox of the test. */
async function countChances(domains: readonly string[]): Promise<number> {
  const sandbox = makeSandbox();
  try {
    await create({ settings: sandbox.settings, domains: ['first.org'] });
    const { signal, looked } = stopAtChance(Number.POSITIVE_INFINITY);
    await create({ settings: sandbox.settings, domains }, signal);
    return looked();
  } finally {
    removeSandbox(sandbox);
  }
}

/** A signal that is raised when it is looked at for the n-th time. */
function stopAtChance(nth: number): { readonly signal: AbortSignal; readonly looked: () => number } {
  const controller = new AbortController();
  let looked = 0;
  const signal = new Proxy(controller.signal, {
    get: (target, key) => {
      if (key === 'aborted' && ++looked === nth) controller.abort(new Interrupted('SIGINT'));
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { signal, looked: () => looked };
}

function stageOf({ root }: Sandbox): readonly string[] {
  try {
    return readdirSync(join(root, '.virtfs/stage'));
  } catch {
    // Not made yet.
    return [];
  }
}

function requireOnly({ root }: Sandbox, domains: readonly string[]): void {
  const names = [...domains].sort() as DomainName[];
  const state = (part: string) => readdirSync(join(root, '.virtfs', part)).sort();
  expect(readdirSync(root).sort()).toEqual(['.virtfs', ...names]);
  expect(state('stage')).toEqual([]);
  expect(state('domains')).toEqual(names.map((name) => `${name}.json`));
  expect(state('manifests')).toEqual(names.map((name) => `${name}.json`));
  const store = join(root, '.virtfs/store');
  const objects = walk(store).filter(({ stats }) => stats.isFile());
  expect(objects.filter(({ path }) => !path.includes(hashOf(join(store, path))))).toEqual([]);
}
