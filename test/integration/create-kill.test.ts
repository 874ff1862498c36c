import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { fewOf, type KillPoint } from '../support/kill-command.ts';
import { choosePoints, listChangingCalls, runKilled } from '../support/kill-points.ts';
import { hashOf, listTree, walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { wasKilled } from '../support/run-driver.ts';
import { makeSandbox, removeSandbox, type Sandbox } from '../support/trees-root.ts';

const domain = 'foo.bar.com';
const alias = 'www.bar.com';

describe.runIf(needs('root', { program: 'strace' }))(
  'createDomains, killed before any call that changes the disk',
  () => {
    test('leaves the domain absent or whole, and the next create puts all in order', {
      timeout: 300_000,
    }, async () => {
      const { calls, listings } = await makeUndisturbed();
      const points = fewOf(choosePoints(calls), 24, calls);
      const seen = { absent: 0, whole: 0, missed: 0 };
      for (const [index, point] of points.entries()) {
        using at = await makeStart();
        const end = await runKilled(wordsIn(at.sandbox), point);
        const state = requireAbsentOrWhole(at, listings, `${point.call} ${point.nth}`);
        if (!wasKilled(end)) {
          // The run made fewer such calls than the one that was counted: the runtime writes to itself now and then.
          expect({ ...end, state }).toMatchObject({ status: 0, state: 'whole' });
          seen.missed += 1;
        } else seen[state] += 1;
        if (index % 2 === 0) await recoverBySame(at, listings, state);
        else await recoverByOther(at, listings, state);
      }
      process.stdout.write(`${points.length} points to be killed at: ${JSON.stringify(seen)}\n`);
      expect(seen.absent).toBeGreaterThan(10);
      expect(seen.missed).toBeLessThan(4);
    });

    test('clears the stage though it was killed while it cleared it', { timeout: 120_000 }, async () => {
      const { calls, listings } = await makeUndisturbed();
      const last = calls.findLast(({ call }) => call === 'renameat2');
      for (const point of sweeping) {
        using at = await makeStart();
        await runKilled(wordsIn(at.sandbox), last ?? point);
        expect(readdirSync(join(at.sandbox.root, '.virtfs/stage'))).toEqual(['0']);
        const end = await runKilled(wordsIn(at.sandbox), point);
        expect(wasKilled(end), `${point.call} ${point.nth}: ${end.stderr}`).toBe(true);
        expect(requireAbsentOrWhole(at, listings, point.call)).toBe('absent');
        await recoverBySame(at, listings, 'absent');
      }
    });
  },
);

const sweeping: readonly KillPoint[] = [
  { call: 'unlink', nth: 1 },
  { call: 'unlink', nth: 40 },
  { call: 'rmdir', nth: 1 },
  { call: 'rmdir', nth: 40 },
];

/** A root that holds one domain with a small part of the store, and how that domain's tree looks. */
interface Start extends Disposable {
  readonly sandbox: Sandbox;
  readonly first: readonly string[];
}

/** How the tree looks made right after the first domain, and with another made between. */
interface Listings {
  readonly second: readonly string[];
  readonly third: readonly string[];
}

async function makeUndisturbed(): Promise<{
  readonly calls: readonly KillPoint[];
  readonly listings: Listings;
}> {
  using one = await makeStart();
  const calls = await listChangingCalls(wordsIn(one.sandbox));
  using two = await makeStart();
  await create({ settings: two.sandbox.settings, domains: ['other.org'] });
  await create(wordsIn(two.sandbox));
  return { calls, listings: { second: listDomain(one), third: listDomain(two) } };
}

async function makeStart(): Promise<Start> {
  const sandbox = makeSandbox();
  try {
    sandbox.putProfile('tiny', 'summary = "x"\ncommands = ["true"]\n');
    await create({ settings: sandbox.settings, domains: ['first.org'], profiles: ['tiny'] });
    const first = listTree(join(sandbox.root, 'first.org'));
    return { sandbox, first, [Symbol.dispose]: () => removeSandbox(sandbox) };
  } catch (error) {
    removeSandbox(sandbox);
    throw error;
  }
}

function wordsIn({ settings }: Sandbox) {
  return { settings, domains: [domain], aliases: [alias] };
}

function listDomain({ sandbox: { root } }: Start): readonly string[] {
  return listTree(join(root, domain));
}

function requireAbsentOrWhole(at: Start, { second }: Listings, when: string): 'absent' | 'whole' {
  expect(listTree(join(at.sandbox.root, 'first.org')), when).toEqual(at.first);
  if (!existsSync(join(at.sandbox.root, domain))) return 'absent';
  expect(listDomain(at), when).toEqual(second);
  return 'whole';
}

async function recoverBySame(at: Start, { second }: Listings, state: 'absent' | 'whole'): Promise<void> {
  expect(await createdOrCode(at)).toBe(state === 'whole' ? 'DOMAIN_EXISTS' : 'created');
  expect(listDomain(at)).toEqual(second);
  requireOrder(at, ['first.org', domain]);
}

/** The domain that was killed must not come back from what is left of it. */
async function recoverByOther(at: Start, listings: Listings, state: 'absent' | 'whole'): Promise<void> {
  await create({ settings: at.sandbox.settings, domains: ['other.org'] });
  requireOrder(at, ['first.org', ...(state === 'whole' ? [domain] : []), 'other.org']);
  expect(await createdOrCode(at)).toBe(state === 'whole' ? 'DOMAIN_EXISTS' : 'created');
  expect(listDomain(at)).toEqual(state === 'whole' ? listings.second : listings.third);
  requireOrder(at, ['first.org', domain, 'other.org']);
}

async function createdOrCode({ sandbox }: Start): Promise<string> {
  try {
    await create(wordsIn(sandbox));
    return 'created';
  } catch (error) {
    if (error instanceof VirtfsError) return error.code;
    throw error;
  }
}

/** Exactly these domains, each with its record, nothing half-made anywhere, every object what its name says. */
function requireOrder({ sandbox: { root } }: Start, domains: readonly string[]): void {
  const state = (part: string) => readdirSync(join(root, '.virtfs', part)).sort();
  const records = [...domains].sort().map((name) => `${name}.json`);
  expect(state('stage')).toEqual([]);
  expect(state('domains')).toEqual(records);
  expect(state('manifests')).toEqual(records);
  const names = [...domains, ...(domains.includes(domain) ? [alias] : [])];
  expect(readdirSync(root).sort()).toEqual(['.virtfs', ...names.sort()]);
  if (domains.includes(domain)) {
    expect(readlinkSync(join(root, alias))).toBe(domain);
    expect(JSON.parse(readFileSync(join(root, '.virtfs/domains', `${domain}.json`), 'utf8'))).toMatchObject({
      domain,
    });
  }
  const store = join(root, '.virtfs/store');
  const wrong = walk(store).filter(
    ({ path, stats }) => stats.isFile() && !basename(path).startsWith(hashOf(join(store, path))),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
}
