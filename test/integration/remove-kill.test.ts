import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { readTrash } from '../../src/host/read-trash.ts';
import { fewOf, type KillPoint, listChangingCalls, runDriverKilled } from '../support/kill-command.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { wasKilled } from '../support/run-driver.ts';
import { removalDriver, remove, restore } from '../support/run-removal.ts';
import { makeSandbox, removeSandbox, type Sandbox } from '../support/trees-root.ts';

const domain = 'a.org';
const alias = 'www.a.org';
const names = ['.virtfs', 'a.org', 'b.org', 'conf.ftp', 'www.a.org'];

describe.runIf(needs('root', { program: 'strace' }))(
  'A removal, killed before any call that changes the disk',
  () => {
    test('leaves the domain whole or in the trash, and one repeat makes it so', {
      timeout: 300_000,
    }, async () => {
      const all = await pointsOf((at) => ({
        action: 'remove',
        settings: at.sandbox.settings,
        domains: [domain],
      }));
      const points = fewOf(all, 16);
      const seen = { whole: 0, removed: 0, missed: 0 };
      for (const point of points) {
        using at = await makeStart();
        const words = { settings: at.sandbox.settings, domains: [domain] };
        const end = await runDriverKilled(removalDriver({ action: 'remove', ...words }), point);
        const state = existsSync(join(at.sandbox.root, domain)) ? 'whole' : 'removed';
        seen[wasKilled(end) ? state : 'missed'] += 1;
        if (state === 'whole')
          expect(listTree(join(at.sandbox.root, domain)), nameOf(point)).toEqual(at.tree);
        expect(await codeOrDone(() => remove(words))).toBe(state === 'whole' ? 'done' : 'DOMAIN_MISSING');
        await requireRemoved(at, point);
        await restore({ settings: words.settings, domain });
        requireWhole(at, point);
      }
      process.stdout.write(`${points.length} points to be killed at: ${JSON.stringify(seen)}\n`);
      expect(seen.whole).toBeGreaterThan(1);
      expect(seen.removed).toBeGreaterThan(1);
      expect(seen.missed).toBeLessThan(3);
    });

    test('deletes all with purge when it is repeated', { timeout: 300_000 }, async () => {
      const words = (at: Start) =>
        ({ action: 'remove', settings: at.sandbox.settings, domains: [domain], purge: true }) as const;
      const points = fewOf((await pointsOf(words)).filter(isWorthwhile), 8);
      for (const point of points) {
        using at = await makeStart();
        await runDriverKilled(removalDriver(words(at)), point);
        const code = await codeOrDone(() => remove(words(at)));
        const state = (part: string) => readdirSync(join(at.sandbox.root, '.virtfs', part));
        expect(['done', 'DOMAIN_MISSING'], nameOf(point)).toContain(code);
        expect(state('trash'), nameOf(point)).toEqual([]);
        expect(state('domains')).toEqual(['b.org.json']);
        expect(readdirSync(at.sandbox.root).sort()).toEqual(['.virtfs', 'b.org', 'conf.ftp']);
        expect(listTree(join(at.sandbox.root, 'b.org'))).toEqual(at.other);
      }
      expect(points.length).toBeGreaterThan(4);
    });
  },
);

describe.runIf(needs('root', { program: 'strace' }))(
  'A restoration, killed before any call that changes the disk',
  () => {
    test('leaves the domain in the trash or whole, and one repeat makes it so', {
      timeout: 300_000,
    }, async () => {
      const all = await pointsOf(
        (at) => ({ action: 'restore', settings: at.sandbox.settings, domain }),
        true,
      );
      const points = fewOf(all, 14);
      const seen = { whole: 0, removed: 0, missed: 0 };
      for (const [index, point] of points.entries()) {
        using at = await makeStart();
        const { settings, root } = at.sandbox;
        await remove({ settings, domains: [domain] });
        const end = await runDriverKilled(removalDriver({ action: 'restore', settings, domain }), point);
        const state = existsSync(join(root, domain)) ? 'whole' : 'removed';
        seen[wasKilled(end) ? state : 'missed'] += 1;
        if (index % 2 === 0) await runOther(at, state, point);
        expect(await codeOrDone(() => restore({ settings, domain })), nameOf(point)).toBe(
          state === 'whole' ? 'DOMAIN_MISSING' : 'done',
        );
        requireWhole(at, point);
      }
      process.stdout.write(`${points.length} points to be killed at: ${JSON.stringify(seen)}\n`);
      expect(seen.removed).toBeGreaterThan(2);
      expect(seen.missed).toBeLessThan(3);
    });
  },
);

/** A root with the domain, its alias and a conf file that has lines of it, beside another domain. */
interface Start extends Disposable {
  readonly sandbox: Sandbox;
  readonly tree: readonly string[];
  readonly other: readonly string[];
  readonly state: readonly string[];
  readonly conf: string;
}

async function makeStart(): Promise<Start> {
  const sandbox = makeSandbox();
  try {
    const { settings, root } = sandbox;
    sandbox.putProfile('tiny', 'summary = "x"\ncommands = ["true"]\n');
    const profiles = ['tiny'];
    await create({ settings, profiles, domains: [domain], aliases: [alias], addresses: ['192.0.2.1'] });
    await create({ settings, profiles, domains: ['b.org'] });
    const conf = `192.0.2.9 ${root}/b.org\n192.0.2.1 ${root}/a.org\n`;
    writeFileSync(join(root, 'conf.ftp'), conf);
    return {
      sandbox,
      conf,
      tree: listTree(join(root, domain)),
      other: listTree(join(root, 'b.org')),
      state: stateOf(sandbox),
      [Symbol.dispose]: () => removeSandbox(sandbox),
    };
  } catch (error) {
    removeSandbox(sandbox);
    throw error;
  }
}

/** Another command comes between. */
async function runOther(at: Start, state: 'whole' | 'removed', point: KillPoint): Promise<void> {
  const { settings } = at.sandbox;
  await create({ settings, domains: ['c.org'], profiles: ['tiny'] });
  await remove({ settings, domains: ['c.org'], purge: true });
  if (state === 'removed') await requireRemoved(at, point);
}

/** Records, manifests, trash and stage, with the contents of files. */
function stateOf({ root }: Sandbox): readonly string[] {
  return ['domains', 'manifests', 'previous', 'trash', 'stage'].flatMap((part) => [
    part,
    ...listTree(join(root, '.virtfs', part)),
  ]);
}

async function pointsOf(
  words: (at: Start) => Parameters<typeof removalDriver>[0],
  isRemoved = false,
): Promise<readonly KillPoint[]> {
  using at = await makeStart();
  if (isRemoved) await remove({ settings: at.sandbox.settings, domains: [domain] });
  return await listChangingCalls(removalDriver(words(at)));
}

/** What comes before the move is tried above; of the deletions that follow, some. */
function isWorthwhile(_: KillPoint, index: number, all: readonly KillPoint[]): boolean {
  const moved = all.findIndex(({ call, nth }) => call === 'syncfs' && nth === 1);
  return index > moved && (index - moved) % Math.ceil((all.length - moved) / 12) === 1;
}

async function requireRemoved({ sandbox: { root }, other }: Start, point: KillPoint): Promise<void> {
  const when = nameOf(point);
  expect(readdirSync(root).sort(), when).toEqual(['.virtfs', 'b.org', 'conf.ftp']);
  expect(readFileSync(join(root, 'conf.ftp'), 'utf8'), when).toBe(`192.0.2.9 ${root}/b.org\n`);
  for (const part of ['domains', 'manifests'])
    expect(readdirSync(join(root, '.virtfs', part)), when).toEqual(['b.org.json']);
  expect(await readTrash(root), when).toMatchObject([{ domain, aliases: [alias] }]);
  expect(readdirSync(join(root, '.virtfs/trash')).length, when).toBe(1);
  expect(listTree(join(root, 'b.org')), when).toEqual(other);
}

function requireWhole({ sandbox, tree, other, state, conf }: Start, point: KillPoint): void {
  const { root } = sandbox;
  const when = nameOf(point);
  expect(readdirSync(root).sort(), when).toEqual(names);
  expect(listTree(join(root, domain)), when).toEqual(tree);
  expect(listTree(join(root, 'b.org')), when).toEqual(other);
  expect(stateOf(sandbox), when).toEqual(state);
  expect(readFileSync(join(root, 'conf.ftp'), 'utf8'), when).toBe(conf);
}

async function codeOrDone(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    if (error instanceof VirtfsError) return error.code;
    throw error;
  }
}

function nameOf({ call, nth }: KillPoint): string {
  return `${call} ${nth}`;
}
