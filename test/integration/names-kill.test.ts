import { existsSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DomainRecord } from '../../src/domain/record.ts';
import { changeTrees } from '../../src/pipeline/change-trees.ts';
import {
  addAddresses,
  addAliases,
  confLine,
  confOf,
  ip1,
  ip2,
  makeOne,
  namesIn,
  putConf,
  removeAddresses,
  removeAliases,
} from '../support/change-one.ts';
import { fewOf, type KillPoint, listChangingCalls, runDriverKilled } from '../support/kill-command.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { type NamesWords, namesDriver, renameOne } from '../support/rename-one.ts';
import { wasKilled } from '../support/run-driver.ts';
import { makeSandbox, removeSandbox, type Sandbox } from '../support/trees-root.ts';

const minutes = { timeout: 300_000 };

describe.runIf(needs('root', { program: 'strace' }))('killed before any call that changes the disk', () => {
  test(
    'a renaming is done or undone whole by the next command, and done by its repetition',
    minutes,
    async () => {
      const seen = { old: 0, new: 0, missed: 0 };
      for (const point of fewOf(await pointsOf('rename', true), 12)) {
        using at = await makeStart();
        const end = await runDriverKilled(driverIn(at, 'rename', true), point);
        if (!wasKilled(end)) seen.missed += 1;
        await runNextCommand(at);
        const name = existsSync(join(at.root, '.virtfs/domains/one.org.json')) ? 'one.org' : 'new.org';
        if (name === 'one.org') requireNames(at, name, ['www.one.org', 'by.hand.org']);
        else requireNames(at, name, ['www.one.org', 'by.hand.org', 'one.org']);
        seen[name === 'one.org' ? 'old' : 'new'] += 1;
        await renameOne(at, { keepAlias: true });
        requireNames(at, 'new.org', ['www.one.org', 'by.hand.org', 'one.org']);
      }
      process.stdout.write(`renaming: ${JSON.stringify(seen)}\n`);
      expect(seen.old).toBeGreaterThan(1);
      expect(seen.new).toBeGreaterThan(1);
      expect(seen.missed).toBeLessThan(3);
    },
  );

  test('a renaming is completed though it is killed again while it is completed', minutes, async () => {
    const points = await pointsOf('rename', false);
    const afterTree = points.find(({ call }) => call === 'symlinkat');
    for (const point of fewOf(
      points.filter(({ call }) => /^(?:rename|symlink|unlink|fsync|syncfs)/u.test(call)),
      8,
    )) {
      using at = await makeStart();
      await runDriverKilled(driverIn(at, 'rename'), afterTree ?? point);
      expect(existsSync(join(at.root, '.virtfs/renaming.json'))).toBe(true);
      await runDriverKilled(driverIn(at, 'add address'), point);
      await renameOne(at);
      requireNames(at, 'new.org', ['www.one.org', 'by.hand.org']);
    }
  });

  test.each(changes)('$action is completed by its repetition', minutes, async (each) => {
    const { action, prepare, repeat, aliases, addresses } = each;
    for (const point of fewOf(await pointsOf(action, false, prepare), 6)) {
      using at = await makeStart();
      await prepare(at);
      await runDriverKilled(driverIn(at, action), point);
      await repeat(at);
      requireRecord(at, { aliases, addresses });
      expect(namesIn(at.root)).toEqual(['by.hand.org', 'conf.ftp', 'one.org', ...aliases].sort());
      const lines = addresses.map((address) => confLine(at, address)).join('');
      expect(confOf(at, 'conf.ftp'), `${point.call} ${point.nth}`).toBe(`# mine\n${lines}`);
      expect(readdirSync(join(at.root, '.virtfs/stage'))).toEqual([]);
    }
  });
});

/** A change, how it is to look before and after, and the same call again. */
interface Change {
  readonly action: NamesWords['action'];
  readonly prepare: (at: Start) => Promise<unknown>;
  readonly repeat: (at: Start) => Promise<unknown>;
  readonly aliases: readonly string[];
  readonly addresses: readonly string[];
}

const changes: readonly Change[] = [
  {
    action: 'add aliases',
    prepare: async () => {},
    repeat: (at) => addAliases(at, 'www.one.org', 'one.net'),
    aliases: ['www.one.org', 'one.net'],
    addresses: [ip1],
  },
  {
    action: 'remove aliases',
    prepare: (at) => addAliases(at, 'one.net'),
    repeat: (at) => removeAliases(at, 'www.one.org', 'one.net'),
    aliases: [],
    addresses: [ip1],
  },
  {
    action: 'add address',
    prepare: async () => {},
    repeat: (at) => addAddresses(at, ip2),
    aliases: ['www.one.org'],
    addresses: [ip1, ip2],
  },
  {
    action: 'remove address',
    prepare: (at) => addAddresses(at, ip2),
    repeat: (at) => removeAddresses(at, ip2),
    aliases: ['www.one.org'],
    addresses: [ip1],
  },
];

interface Start extends Sandbox, Disposable {
  readonly tree: readonly string[];
}

async function makeStart(): Promise<Start> {
  const sandbox = makeSandbox();
  try {
    sandbox.putProfile('small', 'summary = "x"\ncommands = ["true"]\n');
    await makeOne(sandbox, { addresses: [ip1], aliases: ['www.one.org'] });
    symlinkSync('one.org', join(sandbox.root, 'by.hand.org'));
    putConf(sandbox, 'conf.ftp', `# mine\n${confLine(sandbox, ip1)}`);
    const tree = listTree(join(sandbox.root, 'one.org'));
    return { ...sandbox, tree, [Symbol.dispose]: () => removeSandbox(sandbox) };
  } catch (error) {
    removeSandbox(sandbox);
    throw error;
  }
}

function driverIn({ root, settings }: Sandbox, action: NamesWords['action'], keepAlias?: boolean) {
  return namesDriver({ action, place: { root, settings }, keepAlias });
}

async function pointsOf(
  action: NamesWords['action'],
  keepAlias: boolean,
  prepare: (at: Start) => Promise<unknown> = async () => {},
): Promise<readonly KillPoint[]> {
  using at = await makeStart();
  await prepare(at);
  return await listChangingCalls(driverIn(at, action, keepAlias));
}

/** Any command that changes something in this root. */
async function runNextCommand({ root }: Sandbox): Promise<void> {
  const { signal } = new AbortController();
  await changeTrees({ root, what: 'look', signal, onWait: () => {} }, async () => {});
}

/** The domain has this name and these others everywhere, and nothing half-made is anywhere. */
function requireNames(at: Start, name: string, aliases: readonly string[]): void {
  const { root, tree } = at;
  expect(namesIn(root)).toEqual([name, 'conf.ftp', ...aliases].sort());
  for (const alias of aliases) expect(readlinkSync(join(root, alias))).toBe(name);
  expect(listTree(join(root, name))).toEqual(tree);
  expect(confOf(at, 'conf.ftp')).toBe(`# mine\n${confLine(at, ip1, name)}`);
  for (const part of ['domains', 'manifests']) {
    expect(readdirSync(join(root, '.virtfs', part))).toEqual([`${name}.json`]);
  }
  expect(readdirSync(join(root, '.virtfs/stage'))).toEqual([]);
  expect(existsSync(join(root, '.virtfs/renaming.json'))).toBe(false);
  requireRecord(at, { aliases: aliases.filter((each) => each !== 'by.hand.org'), addresses: [ip1] }, name);
}

function requireRecord({ root }: Sandbox, wanted: Partial<DomainRecord> | object, name = 'one.org'): void {
  const text = readFileSync(join(root, '.virtfs/domains', `${name}.json`), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ domain: name, ...wanted });
}
