import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { makeHome, makeSource, wordsOf } from '../support/clone-source.ts';
import { fewOf, type KillPoint, listChangingCalls, runDriverKilled } from '../support/kill-command.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { clone } from '../support/run-clone.ts';
import { create } from '../support/run-create.ts';
import { wasKilled } from '../support/run-driver.ts';
import { makeSandbox, removeSandbox, type Sandbox } from '../support/trees-root.ts';

const script = new URL('../support/clone-driver.ts', import.meta.url).pathname;

describe.runIf(needs('root', { program: 'strace' }))(
  'cloneDomain, killed before any call that changes the disk',
  () => {
    test('leaves the clone absent or whole, and the same command makes it', {
      timeout: 300_000,
    }, async () => {
      const { calls, whole } = await cloneUndisturbed();
      const seen = { absent: 0, whole: 0 };
      for (const [index, point] of fewOf(choosePoints(calls), 10, calls).entries()) {
        using at = await makeStart();
        const state = await killAt(at, point, whole);
        seen[state] += 1;
        // What another command finds is cleared by it, and takes no place from the clone to come.
        if (index % 2 === 1) await create({ settings: at.sandbox.settings, domains: ['other.example'] });
        expect(await clonedOrCode(at.sandbox)).toBe(state === 'whole' ? 'DOMAIN_EXISTS' : 'cloned');
        if (index % 2 === 0) expect(listTree(at.copy)).toEqual(whole);
        expect(readdirSync(join(at.sandbox.root, '.virtfs/stage'))).toEqual([]);
        expect(listTree(at.tree)).toEqual(at.before);
      }
      process.stdout.write(`killed: ${JSON.stringify(seen)}\n`);
      expect(seen.absent).toBeGreaterThan(4);
    });
  },
);

async function killAt(at: Start, point: KillPoint, whole: readonly string[]): Promise<'absent' | 'whole'> {
  const end = await runDriverKilled({ script, words: wordsOf(at.sandbox) }, point);
  const isThere = existsSync(at.copy);
  expect(wasKilled(end) || isThere, `${point.call} ${point.nth}: ${end.stderr}`).toBe(true);
  if (isThere) expect(listTree(at.copy)).toEqual(whole);
  return isThere ? 'whole' : 'absent';
}

interface Start extends Disposable {
  readonly sandbox: Sandbox;
  readonly tree: string;
  readonly copy: string;
  /** The source as it was. */
  readonly before: readonly string[];
}

async function makeStart(): Promise<Start> {
  const sandbox = makeSandbox();
  try {
    sandbox.putProfile('small', 'summary = "x"\ncommands = ["true"]\n');
    const { tree, copy } = await makeSource(sandbox);
    const home = makeHome(tree);
    mkdirSync(join(home, 'Maildir'));
    for (const name of ['one', 'two', 'three']) writeFileSync(join(home, 'Maildir', name), name);
    symlinkSync('Maildir', join(home, 'link'));
    return { sandbox, tree, copy, before: listTree(tree), [Symbol.dispose]: () => removeSandbox(sandbox) };
  } catch (error) {
    removeSandbox(sandbox);
    throw error;
  }
}

async function cloneUndisturbed(): Promise<{
  readonly calls: readonly KillPoint[];
  readonly whole: readonly string[];
}> {
  using at = await makeStart();
  const calls = await listChangingCalls({ script, words: wordsOf(at.sandbox) });
  return { calls, whole: listTree(at.copy) };
}

/** Of each call one late, where the domain's own data is copied; of those that give names, the last ones. */
function choosePoints(calls: readonly KillPoint[]): readonly KillPoint[] {
  return [...new Set(calls.map(({ call }) => call))].flatMap((name) => {
    const all = calls.filter(({ call }) => call === name);
    if (/^(?:rename|syncfs)/u.test(name)) return all.slice(-4);
    const late = all[Math.floor(all.length * 0.9)];
    return late === undefined ? [] : [late];
  });
}

async function clonedOrCode(sandbox: Sandbox): Promise<string> {
  try {
    await clone(wordsOf(sandbox));
    return 'cloned';
  } catch (error) {
    if (error instanceof VirtfsError) return error.code;
    throw error;
  }
}
