import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { fewOf, type KillPoint, listChangingCalls, runDriverKilled } from '../support/kill-command.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { type Driver, runDriver, wasKilled } from '../support/run-driver.ts';
import { runUserWords, type UserWords } from '../support/run-user-words.ts';
import { makeSandbox, removeSandbox, type Sandbox } from '../support/trees-root.ts';

const domain = 'foo.bar.com';
const script = new URL('../support/user-driver.ts', import.meta.url).pathname;
const oldHash = `$y$j9T$${'a'.repeat(22)}$${'b'.repeat(43)}`;
const newHash = `$y$j9T$${'c'.repeat(22)}$${'d'.repeat(43)}`;

/** The codes a repeat may end with where the killed command had come to its end. */
const commands = [
  { action: 'add', before: [], doneAlready: 'USER_EXISTS' },
  { action: 'passwd', before: ['add'], doneAlready: undefined },
  { action: 'remove', before: ['add'], doneAlready: 'UNKNOWN_USER' },
] as const;

describe.runIf(needs('root', { program: 'strace' }))(
  'A change of users, killed before any call that changes something',
  () => {
    test.each(commands)(
      '$action loses and tears no record, and a repeat completes it',
      { timeout: 600_000 },
      async ({ action, before, doneAlready }) => {
        const sandbox = await makeStart();
        try {
          const start = join(sandbox.base, 'start');
          for (const each of before) await done(driverOf(sandbox, each, oldHash));
          cpSync(treeOf(sandbox), start, {
            recursive: true,
            preserveTimestamps: true,
            verbatimSymlinks: true,
          });
          const reset = (): void => putBack(sandbox, start);
          const driver = driverOf(sandbox, action, newHash);
          reset();
          const calls = await listChangingCalls(driver, 'fcntl');
          const whole = { listing: listParts(sandbox), lines: linesOf(sandbox) };
          reset();
          const first = linesOf(sandbox);
          let killed = 0;
          for (const point of fewOf(choosePoints(calls), 14, calls)) {
            reset();
            const end = await runDriverKilled(driver, point);
            if (wasKilled(end)) killed += 1;
            requireWholeLines(linesOf(sandbox), [first, whole.lines], point);
            const again = await codeOf(() => runUserWords(wordsOf(sandbox, action, newHash)));
            expect([undefined, doneAlready], `${point.call} ${point.nth}`).toContain(again);
            expect(linesOf(sandbox), `${point.call} ${point.nth}`).toEqual(whole.lines);
            expect(listParts(sandbox), `${point.call} ${point.nth}`).toEqual(whole.listing);
          }
          process.stdout.write(`${action}: killed at ${killed} of ${calls.length} calls\n`);
          expect(killed).toBeGreaterThan(8);
        } finally {
          removeSandbox(sandbox);
        }
      },
    );
  },
);

async function makeStart(): Promise<Sandbox> {
  const sandbox = makeSandbox();
  await create({ settings: sandbox.settings, domains: [domain] });
  return sandbox;
}

function treeOf({ root }: Sandbox): string {
  return join(root, domain);
}

function driverOf(sandbox: Sandbox, action: UserWords['action'], hash: string): Driver {
  return { script, words: wordsOf(sandbox, action, hash) };
}

function wordsOf({ root }: Sandbox, action: UserWords['action'], hash: string): UserWords {
  return { action, root, domain, name: 'bob', hash, groups: ['www'] };
}

/** Every call by which something gets its name, owner or mode, comes to the disk or goes; of mere openings a part. */
function choosePoints(calls: readonly KillPoint[]): readonly KillPoint[] {
  return calls.filter(({ call, nth }) => !/^(?:openat2|write|fcntl)$/u.test(call) || nth % 9 === 1);
}

async function codeOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof VirtfsError) return error.code;
    throw error;
  }
}

async function done(driver: Driver): Promise<void> {
  expect(await runDriver(driver)).toMatchObject({ status: 0 });
}

/** All that a change of users may touch. */
const parts = ['etc', 'home', 'var'];

function listParts(sandbox: Sandbox): readonly string[] {
  return parts.flatMap((part) => listTree(join(treeOf(sandbox), part)).map((line) => `${part}/${line}`));
}

/** What a command may have touched, as it was. */
function putBack(sandbox: Sandbox, start: string): void {
  for (const part of parts) {
    rmSync(join(treeOf(sandbox), part), { recursive: true });
    cpSync(join(start, part), join(treeOf(sandbox), part), {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
    });
  }
}

const files = ['passwd', 'group', 'shadow', 'gshadow'];

function linesOf(sandbox: Sandbox): readonly string[] {
  return files.map((file) => readFileSync(join(treeOf(sandbox), 'etc', file), 'latin1'));
}

/** Each file is as it was before or as it is to be, never anything between. */
function requireWholeLines(
  now: readonly string[],
  states: readonly (readonly string[])[],
  { call, nth }: KillPoint,
): void {
  for (const [index, text] of now.entries()) {
    const known = states.map((state) => state[index]);
    expect(known, `${files[index]} after ${call} ${nth}`).toContain(text);
  }
}
