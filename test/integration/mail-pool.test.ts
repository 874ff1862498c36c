import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { DeliveryPool } from '../../src/mail/delivery-pool.ts';
import type { Envelope, Mailbox } from '../../src/mail/mail-types.ts';
import {
  addressOf,
  delivered,
  envelopeTo,
  maildirOf,
  makeMailTrees,
  readMessages,
  shortOf,
} from '../support/mail-trees.ts';
import { needs } from '../support/needs.ts';
import { sandboxTest } from '../support/trees-root.ts';

const test = sandboxTest.extend<{ mailboxes: readonly Mailbox[]; pool: DeliveryPool }>({
  mailboxes: async ({ sandbox }, use) => {
    const users = ['bob', 'eve', 'ann', 'tom', 'kim'];
    await use(makeMailTrees(sandbox.root, ['foo.org', 'bar.org', 'baz.org', 'a.example'], users));
  },
  pool: async ({ task: _ }, use) => {
    const pool = new DeliveryPool(4);
    await use(pool);
    await pool.close();
  },
});

/** Prints a line `FOLDER BODY` for each message that Python's own reader finds. */
const readAll = `
import mailbox, sys
for path in sys.argv[1:]:
    for message in mailbox.Maildir(path, create=False):
        print(path, message['Delivered-To'], message.get_payload().strip())
`;

describe.runIf(needs('root', { program: 'python3' }))('DeliveryPool', () => {
  test('loses and mixes nothing of 3,000 deliveries by eight senders', { timeout: 120_000 }, async ({
    mailboxes,
    pool,
  }) => {
    const sent: string[] = [];
    const send = async (sender: number): Promise<void> => {
      for (let number = 0; number < 375; number++) {
        const mailbox = mailboxes[Math.floor(Math.random() * mailboxes.length)];
        if (mailbox === undefined) throw new Error('no mailbox');
        const body = `${sender}-${number}-${'x'.repeat(number * 4)}`;
        const [result] = await pool.deliver(envelopeTo(mailbox), Buffer.from(`Subject: x\n\n${body}\n`));
        expect(result?.type).toBe('delivered');
        sent.push(`${maildirOf(mailbox)} ${addressOf(mailbox)} ${body}`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, sender) => send(sender)));
    const paths = mailboxes.map((mailbox) => maildirOf(mailbox));
    const found = execFileSync('python3', ['-c', readAll, ...paths], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    expect(found.trimEnd().split('\n').sort()).toEqual(sent.sort());
    const names = paths.flatMap((path) => readdirSync(`${path}/new`));
    expect(new Set(names).size).toBe(3000);
    for (const mailbox of mailboxes) expect(readMessages(mailbox, 'tmp')).toEqual([]);
  });

  test('takes a message of 100 MB to three mailboxes in memory that stays', { timeout: 120_000 }, async ({
    mailboxes,
    pool,
    sandbox,
  }) => {
    sandbox.remount('size=400m');
    const to = mailboxes.slice(0, 3);
    const bytes = 100 << 20;
    let most = 0;
    let first = 0;
    const source = async function* (): AsyncGenerator<Uint8Array> {
      for (let sent = 0; sent < bytes; sent += 1 << 16) {
        const { rss } = process.memoryUsage();
        if (sent === 10 << 20) first = rss;
        if (rss > most) most = rss;
        yield Buffer.alloc(1 << 16, 'some text of a line\n');
      }
    };
    const results = await pool.deliver(envelopeTo(...to), source());
    expect(results.map(shortOf)).toEqual(to.map(() => 'in Maildir/new'));
    for (const mailbox of to) {
      const [name = ''] = readdirSync(maildirOf(mailbox, 'new'));
      expect(name).toMatch(new RegExp(`,S=${bytes + delivered(mailbox, '').length}$`, 'u'));
    }
    expect(most - first).toBeLessThan(48 << 20);
  });

  test('gives nobody anything of a message whose sender goes away', async ({ mailboxes, pool }) => {
    const source = async function* (): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 10; piece++) yield Buffer.alloc(100_000);
      throw new Error('the sender went away');
    };
    await expect(pool.deliver(envelopeTo(...mailboxes), source())).rejects.toThrow('the sender went away');
    for (const mailbox of mailboxes)
      expect([...readMessages(mailbox), ...readMessages(mailbox, 'tmp')]).toEqual([]);
  });

  test('tells messages of a thread that ended to come again, and goes on', async ({ mailboxes: [bob] }) => {
    const errors: unknown[] = [];
    const pool = new DeliveryPool(4, {}, (error) => errors.push(error));
    if (bob === undefined) throw new Error('no mailbox');
    const deadly = { sender: '', recipients: [null, null] } as unknown as Envelope;
    const results = await Promise.all([...Array(8)].map(() => pool.deliver(deadly, Buffer.from('x'))));
    expect(results.flat().map(shortOf)).toEqual(Array(16).fill('later 4.3.0'));
    const long = async function* (): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 10; piece++) yield Buffer.alloc(100_000, 'x');
    };
    expect((await pool.deliver(deadly, long())).map(shortOf)).toEqual(['later 4.3.0', 'later 4.3.0']);
    for (let number = 0; number < 8; number++)
      expect((await pool.deliver(envelopeTo(bob), long())).map(shortOf)).toEqual(['in Maildir/new']);
    await pool.close();
    expect(errors.length).toBeGreaterThan(0);
    expect(errors[0]).toBeInstanceOf(TypeError);
  });

  test('has done all it was given when it is closed', async ({ mailboxes }) => {
    const pool = new DeliveryPool(2);
    const results = mailboxes.map((mailbox) => pool.deliver(envelopeTo(mailbox), Buffer.from('x\n')));
    await pool.close();
    expect((await Promise.all(results)).flat().map(shortOf)).toEqual(mailboxes.map(() => 'in Maildir/new'));
  });
});
