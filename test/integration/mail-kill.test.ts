import { rmSync } from 'node:fs';
import { describe, expect } from 'vitest';
import type { Mailbox } from '../../src/mail/mail-types.ts';
import { listDeliveryCalls } from '../support/delivery-calls.ts';
import { fewOf, type KillPoint, runDriverKilled } from '../support/kill-command.ts';
import { type MailWords, messageOf } from '../support/mail-driver.ts';
import { delivered, envelopeTo, maildirOf, makeMailTrees, readMessages } from '../support/mail-trees.ts';
import { needs } from '../support/needs.ts';
import { type Driver, type DriverEnd, runDriver, wasKilled } from '../support/run-driver.ts';
import { sandboxTest } from '../support/trees-root.ts';

const script = new URL('../support/mail-driver.ts', import.meta.url).pathname;

const test = sandboxTest.extend<{ bobs: readonly Mailbox[] }>({
  bobs: async ({ sandbox }, use) => {
    const made = makeMailTrees(sandbox.root, ['foo.org', 'bar.org'], ['bob']);
    // One with a quota, one without.
    await use(made.map((bob, index) => (index === 0 ? { ...bob, quota } : bob)));
  },
});

const quota = { bytes: 10_000_000, messages: undefined, over: 'hard' } as const;

const ways = [
  { way: 'here', bytes: 10 },
  { way: 'here', bytes: 600_000 },
  { way: 'pool', bytes: 10 },
  { way: 'pool', bytes: 600_000 },
] as const;

describe.runIf(needs('root', { program: 'strace' }))('A delivery', () => {
  test.for(ways)(
    'has whole messages in new, and those it told of, when it is killed: %o',
    { timeout: 1_200_000 },
    async ({ way, bytes }, { bobs }) => {
      const words: MailWords = { way, bytes, letter: 'a', envelope: envelopeTo(...bobs) };
      const driver = { script, words };
      const calls = await listDeliveryCalls(driver);
      let killed = 0;
      for (const point of fewOf(calls, 8)) {
        for (const bob of bobs) rmSync(maildirOf(bob), { recursive: true });
        const end = await runDriverKilled(driver, point);
        if (wasKilled(end)) killed += 1;
        requireWhole(bobs, words, end, point);
        const again: Driver = { script, words: { ...words, letter: 'b' } };
        expect(await runDriver(again), describePoint(point)).toMatchObject({ code: 'delivered delivered' });
        for (const bob of bobs)
          expect(readMessages(bob), describePoint(point)).toContain(
            delivered(bob, messageOf({ bytes, letter: 'b' })),
          );
      }
      process.stdout.write(`${way}, ${bytes} bytes: killed at ${killed} of ${calls.length} calls\n`);
      expect(killed).toBeGreaterThan(4);
    },
  );

  test.for(ways)(
    'has a message on disk before its name, and its name before it is told: %o',
    async ({ way, bytes }, { bobs }) => {
      const words: MailWords = { way, bytes, letter: 'a', envelope: envelopeTo(...bobs) };
      const calls = await listDeliveryCalls({ script, words });
      const steps = calls.flatMap(({ line }) => stepOf(line) ?? []).join(' ');
      // Copies of a long message are written at the same time, those of a short one one after another.
      expect(steps).toMatch(/^write (?:write )*(?:sync rename sync-new ?(?:write )*)+$/u);
      expect(steps.match(/rename/gu)).toHaveLength(2);
    },
  );
});

/** What a call does to the message: the sum of a quota, which is made anew in time, is left aside. */
function stepOf(line: string): string | undefined {
  if (/^p?writev?\(.*\/tmp\/[^/]*>,/u.test(line) && !line.includes('S\\n')) return 'write';
  if (/^fsync\(.*\/Maildir\/tmp\/[^/]*>/u.test(line)) return 'sync';
  if (/^fsync\(.*\/Maildir\/new>/u.test(line)) return 'sync-new';
  if (/^renameat2\(.*RENAME_NOREPLACE/u.test(line)) return 'rename';
  return undefined;
}

function requireWhole(bobs: readonly Mailbox[], words: MailWords, end: DriverEnd, point: KillPoint): void {
  const told = end.code?.split(' ').filter((word) => word === 'delivered') ?? [];
  for (const bob of bobs) {
    const found = readIfThere(bob);
    const whole = delivered(bob, messageOf(words));
    expect(found, describePoint(point)).toEqual(found.map(() => whole));
    expect(found.length, describePoint(point)).toBeLessThanOrEqual(1);
    if (told.length > 0) expect(found, describePoint(point)).toHaveLength(1);
  }
}

function readIfThere(bob: Mailbox): readonly string[] {
  try {
    return readMessages(bob);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function describePoint({ call, nth }: KillPoint): string {
  return `${call} ${nth}`;
}
