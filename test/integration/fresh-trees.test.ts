import { appendFileSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { areFresh } from '../../src/pipeline/fresh-trees.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { describeChanges, update } from '../support/run-update.ts';
import { type Sandbox, small, sandboxTest as test } from '../support/trees-root.ts';
import { createWithTool, domain, inTree, putTool } from '../support/update-scene.ts';

/** As long as a file that changed could change again without a new time. */
const settled = 2100;

describe.runIf(needs('root'))('areFresh', () => {
  test('is false until an update of all, and then true', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    expect(isFresh(sandbox)).toBe(false);
    await update(sandbox.settings, [domain]);
    expect(isFresh(sandbox)).toBe(false);
    await update(sandbox.settings);
    expect(isFresh(sandbox)).toBe(true);
  });

  test.for<readonly [string, (sandbox: Sandbox) => unknown]>([
    ['a profile changes', ({ putProfile }) => putProfile('small', `${small}\n# another`)],
    ['a domain is made', ({ settings }) => create({ settings, domains: ['two.example'] })],
    ['an alias is made by hand', ({ root }) => symlinkSync(domain, join(root, 'alias.example'))],
    ['a record is removed', ({ root }) => unlinkSync(join(root, '.virtfs/domains', `${domain}.json`))],
    ['its note is cut short', ({ root }) => appendFileSync(join(root, '.virtfs/cache/fresh.json'), '{')],
    ['a syslog socket appears', ({ root }) => listenAt(join(root, 'log'))],
  ])('is false when %s', async ([, change], { sandbox }) => {
    await create({ settings: sandbox.settings, domains: [domain] });
    await update(sandbox.settings);
    expect(isFresh(sandbox)).toBe(true);
    await change(sandbox);
    expect(isFresh(sandbox)).toBe(false);
  });

  // Other tests make folders beside the host's meanwhile: what may still be changing is not kept.
  test('is false when a file of the host changes, and the update takes its bytes without a new plan', {
    retry: 3,
  }, async ({ sandbox, hostFolder }) => {
    putTool(hostFolder, 'version 1');
    await sleep(settled);
    await createWithTool(sandbox, hostFolder, [domain], undefined);
    await sleep(settled);
    await update(sandbox.settings);
    const before = readKnown(sandbox);
    expect(isFresh(sandbox)).toBe(true);
    putTool(hostFolder, 'version 2');
    await sleep(settled);
    expect(isFresh(sandbox)).toBe(false);
    expect(describeChanges(await update(sandbox.settings))).toEqual([`replace ${hostFolder.slice(1)}/tool`]);
    expect(readFileSync(inTree(sandbox, `${hostFolder}/tool`), 'utf8')).toContain('version 2');
    const after = readKnown(sandbox);
    // What was planned is the same text; only what the host answered, and the layer it came to, are others.
    expect(after.plan).toBe(before.plan);
    expect(after.head).not.toBe(before.head);
    expect(isFresh(sandbox)).toBe(true);
  });
});

function isFresh({ settings }: Sandbox): boolean {
  return areFresh(settings, settings.root);
}

function readKnown({ root }: Sandbox): { readonly head: string; readonly plan: string } {
  const text = readFileSync(join(root, '.virtfs/cache/layer.small.json'), 'utf8');
  const at = text.indexOf(',"plan":');
  return { head: text.slice(0, at), plan: text.slice(at) };
}

async function listenAt(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((done) => {
    server.listen(path, done);
  });
  server.unref();
}
