import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { type KillPoint, listChangingCalls, runDriverKilled } from '../support/kill-command.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { listFindings } from '../support/run-check.ts';
import { create } from '../support/run-create.ts';
import { wasKilled } from '../support/run-driver.ts';
import { rollBack, update } from '../support/run-update.ts';
import { makeSandbox, removeSandbox, type Sandbox, sandboxTest as test } from '../support/trees-root.ts';
import type { UpdateWords } from '../support/update-driver.ts';
import { domain, inTree, putTemplate, putTool } from '../support/update-scene.ts';

/** Says that the domain has to choose between its own configuration and the new one. */
const waiting = [`${domain} etc/motd.virtfs-new waiting`];

type Action = UpdateWords['action'];

const script = new URL('../support/update-driver.ts', import.meta.url).pathname;

describe.runIf(needs('root', { program: 'strace' }))('killed before any call that changes the disk', () => {
  test('an update is completed by the next one', { timeout: 300_000 }, async ({ hostFolder }) => {
    const whole = await runUndisturbed('update', hostFolder);
    const points = choosePoints(whole.calls);
    for (const point of points) {
      using at = await makeStart('update', hostFolder);
      await killAt(at, 'update', point);
      await update(at.settings);
      await requireLike(whole, at, point);
      expect((await update(at.settings, 'all', { repair: true })).domains).toEqual([]);
    }
    process.stdout.write(`killed an update at ${points.length} of ${whole.calls.length} calls\n`);
  });

  test('a rollback is completed by the next one, or undone by an update', { timeout: 300_000 }, async ({
    hostFolder,
  }) => {
    const whole = await runUndisturbed('rollback', hostFolder);
    const points = choosePoints(whole.calls);
    let undone = 0;
    for (const [index, point] of points.entries()) {
      using at = await makeStart('rollback', hostFolder);
      const updated = listTree(inTree(at, ''));
      await killAt(at, 'rollback', point);
      if (index % 2 === 1 && (await update(at.settings)).held.length === 0) {
        undone += 1;
        expect(listTree(inTree(at, '')), nameOf(point)).toEqual(updated);
        expect(await listFindings(at)).toEqual(waiting);
      }
      await rolledBackOrCode(at);
      await requireLike(whole, at, point);
    }
    process.stdout.write(`killed a rollback at ${points.length} calls, ${undone} undone\n`);
    expect(undone).toBeGreaterThan(5);
  });
});

/** What it comes to when nothing disturbs it. */
interface Whole {
  readonly calls: readonly KillPoint[];
  readonly tree: readonly string[];
  readonly findings: readonly string[];
}

async function runUndisturbed(action: Action, hostFolder: string): Promise<Whole> {
  using at = await makeStart(action, hostFolder);
  const before = listTree(inTree(at, ''));
  const calls = await listChangingCalls(driverOf(at, action));
  const tree = listTree(inTree(at, ''));
  expect(tree).not.toEqual(before);
  const findings = await listFindings(at, { deep: true });
  return { calls, tree, findings: findings.filter((line) => !line.endsWith(' outdated')) };
}

async function requireLike(whole: Whole, at: Sandbox, point: KillPoint): Promise<void> {
  expect(listTree(inTree(at, '')), nameOf(point)).toEqual(whole.tree);
  const findings = await listFindings(at, { deep: true });
  expect(findings.filter((line) => !line.endsWith(' outdated'))).toEqual(whole.findings);
  expect(readdirSync(join(at.root, '.virtfs/stage'))).toEqual([]);
  expect(existsSync(join(at.root, '.virtfs/layers/unfinished.json'))).toBe(false);
}

function driverOf({ settings }: Sandbox, action: Action) {
  const words: UpdateWords = { action, settings, domain };
  return { script, words };
}

/**
 * Not the same in every run: how often Node writes to wake a thread; and what was learnt of host files is kept once they are
 * two seconds old, which on a slow machine they are by then.
 */
const mayNotCome: readonly string[] = ['write', 'openat2', 'renameat'];

async function killAt(at: Sandbox, action: Action, point: KillPoint): Promise<void> {
  const end = await runDriverKilled(driverOf(at, action), point);
  const isKilled = wasKilled(end) || (mayNotCome.includes(point.call) && end.status === 0);
  expect(isKilled, `${nameOf(point)}: ${end.stderr}`).toBe(true);
}

/** It may have been done all but the end. */
async function rolledBackOrCode({ settings }: Sandbox): Promise<string> {
  try {
    await rollBack(settings, domain);
    return 'done';
  } catch (error) {
    if (error instanceof VirtfsError && error.code === 'NOTHING_TO_ROLL_BACK') return error.code;
    throw error;
  }
}

function nameOf({ call, nth }: KillPoint): string {
  return `${call} ${nth}`;
}

/** Of each call the first and the last; some between of those by which something gets or loses its name. */
function choosePoints(calls: readonly KillPoint[]): readonly KillPoint[] {
  return [...new Set(calls.map(({ call }) => call))].flatMap((name) => {
    const all = calls.filter(({ call }) => call === name);
    const parts = /^(?:rename|link|unlink)/u.test(name) ? 3 : 1;
    const chosen = Array.from(
      { length: parts + 1 },
      (_, part) => all[Math.floor(((all.length - 1) * part) / parts)],
    );
    return [...new Set(chosen)].filter((point) => point !== undefined);
  });
}

/** A tree before an update that replaces, adds, removes, makes folders, lays beside and adds accounts, or after it. */
async function makeStart(action: Action, hostFolder: string): Promise<Sandbox & Disposable> {
  const sandbox = makeSandbox();
  try {
    putTool(hostFolder, 'version 1');
    putTemplate(sandbox, 'first\n');
    sandbox.putProfile('small', profileOf(hostFolder, ['true', 'id', 'cat'], 'users = ["mail"]'));
    await create({ settings: sandbox.settings, domains: [domain] });
    putOwn(sandbox);
    putTool(hostFolder, 'version 2', '/usr/bin/tail');
    putTemplate(sandbox, 'second\n');
    sandbox.putProfile('small', profileOf(hostFolder, ['true', 'cat', 'ls'], moreOfProfile));
    if (action === 'rollback') await update(sandbox.settings);
    return { ...sandbox, [Symbol.dispose]: () => removeSandbox(sandbox) };
  } catch (error) {
    removeSandbox(sandbox);
    throw error;
  }
}

const moreOfProfile = `
users = ["mail", "games"]
devices = ["null"]
directories = [{ path = "/usr/share/made", mode = "0755" }]
`;

function profileOf(hostFolder: string, commands: readonly string[], more: string): string {
  return `summary = "x"\ncommands = ${JSON.stringify(commands)}\nfiles = ["${hostFolder}/tool"]\n${more}\n`;
}

/** What is the domain's: a user, configuration it changed, programs and mail. */
function putOwn(sandbox: Sandbox): void {
  writeFileSync(inTree(sandbox, '/etc/passwd'), 'bob:x:200005:200005::/home/b/bob:/bin/sh\n', { flag: 'a' });
  writeFileSync(inTree(sandbox, '/etc/motd'), 'ours\n');
  mkdirSync(inTree(sandbox, '/usr/local/bin'), { recursive: true });
  for (const path of ['/usr/local/bin/own', '/home/a/admin/letter', '/usr/bin/own'])
    writeFileSync(inTree(sandbox, path), `own ${path}\n`);
}
