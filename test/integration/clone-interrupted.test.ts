import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { makeHome, makeSource, wordsOf } from '../support/clone-source.ts';
import { needs } from '../support/needs.ts';
import { clone } from '../support/run-clone.ts';
import { startDriver } from '../support/run-driver.ts';
import { sandboxTest } from '../support/trees-root.ts';

const script = new URL('../support/clone-driver.ts', import.meta.url).pathname;

describe.runIf(needs('root'))('cloneDomain, interrupted', () => {
  sandboxTest('leaves nothing when it is stopped among the data', async ({ sandbox }) => {
    const { tree, copy } = await makeSource(sandbox);
    const home = makeHome(tree);
    for (let folder = 0; folder < 20; folder++) {
      mkdirSync(join(home, `d${folder}`));
      for (let file = 0; file < 250; file++) writeFileSync(join(home, `d${folder}/f${file}`), 'x');
    }
    const { child, end } = startDriver({ script, words: wordsOf(sandbox) });
    const staged = join(sandbox.root, '.virtfs/stage/0/home/b/bob');
    while (!existsSync(staged) && child.exitCode === null) await sleep(1);
    child.kill('SIGINT');
    expect(await end).toMatchObject({ status: 130, code: 'Interrupted' });
    expect(readdirSync(join(sandbox.root, '.virtfs/stage'))).toEqual([]);
    expect(readdirSync(join(sandbox.root, '.virtfs/domains'))).toEqual(['source.example.json']);
    expect(existsSync(copy)).toBe(false);
    await clone(wordsOf(sandbox));
    expect(readdirSync(join(copy, 'home/b/bob')).length).toBe(20);
  });
});
