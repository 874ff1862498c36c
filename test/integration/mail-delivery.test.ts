import { execFileSync } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';

import { describe, expect } from 'vitest';
import { reapTmp } from '../../src/engine/maildir/reap-tmp.ts';
import { deliverAsSelf, deliverHere } from '../../src/mail/deliver-here.ts';
import { DeliveryPool } from '../../src/mail/delivery-pool.ts';
import type { Mailbox } from '../../src/mail/mail-types.ts';
import {
  addressOf,
  delivered,
  envelopeTo,
  maildirOf,
  makeMailTrees,
  readerOf,
  readMessages,
  shortOf,
} from '../support/mail-trees.ts';
import { needs } from '../support/needs.ts';
import { sandboxTest } from '../support/trees-root.ts';

const test = sandboxTest.extend<{ bobs: readonly [Mailbox, Mailbox]; pool: DeliveryPool }>({
  bobs: async ({ sandbox }, use) => {
    const [first, second] = makeMailTrees(sandbox.root, ['foo.org', 'bar.org'], ['bob']);
    if (first && second) await use([first, second]);
  },
  pool: async ({ task: _ }, use) => {
    const pool = new DeliveryPool(2);
    await use(pool);
    await pool.close();
  },
});

const hello = 'Subject: hello\n\nHello,\nFrom here on.\n';

describe.runIf(needs('root'))('deliverHere', () => {
  test('puts a message into the mailbox, which it makes, as the user', ({ bobs: [bob] }) => {
    const [result] = deliverHere(envelopeTo(bob), readerOf(hello));
    expect(result).toMatchObject({
      type: 'delivered',
      path: expect.stringMatching(/^Maildir\/new\/.*,S=\d+$/u),
    });
    expect(readMessages(bob)).toEqual([delivered(bob, hello)]);
    expect(readMessages(bob, 'tmp')).toEqual([]);
    const [name = ''] = readdirSync(maildirOf(bob, 'new'));
    const file = statSync(maildirOf(bob, 'new', name));
    expect(file).toMatchObject({ uid: bob.uid, gid: bob.gid, mode: 0o100600 });
    expect(name.endsWith(`,S=${file.size}`)).toBe(true);
    for (const folder of ['', 'cur', 'new', 'tmp'])
      expect(statSync(maildirOf(bob, folder))).toMatchObject({ uid: bob.uid, mode: 0o040700 });
  });

  test.for([
    ['CRLF', 'Subject: hello\r\n\r\nHello\r\n'],
    ['no line end at all', 'x'],
    ['nothing', ''],
    ['NUL, 8-bit bytes and bare line ends', '\0\xff\n\r\r\n\xe4\n\0'],
    ['a line of a megabyte', `Subject: x\n\n${'y'.repeat(1 << 20)}`],
  ] as const)('leaves the bytes of a message as they are: %s', ([, message], { bobs: [bob] }) => {
    deliverHere(envelopeTo(bob), readerOf(message, 100_000));
    expect(readMessages(bob)).toEqual([delivered(bob, message)]);
  });

  test('lets no address into other lines of the header', ({ bobs: [bob] }) => {
    const recipients = [{ address: 'bob@foo.org\r\nBcc: x', mailbox: bob }];
    deliverHere({ sender: 'a@b.org>\nX-Evil: y\u0085', recipients }, readerOf(hello));
    const lines = readMessages(bob)[0]?.split('\n').slice(0, 3);
    expect(lines).toEqual([
      'Return-Path: <a@b.org>?X-Evil: y?>',
      'Delivered-To: bob@foo.org??Bcc: x',
      'Subject: hello',
    ]);
  });

  test('quotes From lines only when it is asked to', ({ bobs: [bob] }) => {
    deliverHere(envelopeTo(bob), readerOf(hello, 3), { quoteFrom: true });
    expect(readMessages(bob)).toEqual([delivered(bob, hello.replace('From', '>From'))]);
  });

  test('refuses what has been delivered to the address before, and serves the others', ({ bobs }) => {
    const message = `Subject: x\nDELIVERED-TO:  ${addressOf(bobs[0])}\n\nHello\n`;
    const results = deliverHere(envelopeTo(...bobs), readerOf(message));
    expect(results.map(shortOf)).toEqual(['refused 5.4.6', 'in Maildir/new']);
  });

  test('is not misled by such a line in the body, or for a longer address', ({ bobs: [bob] }) => {
    const message = `Delivered-To: x${addressOf(bob)}\n\nDelivered-To: ${addressOf(bob)}\n`;
    expect(deliverHere(envelopeTo(bob), readerOf(message)).map(shortOf)).toEqual(['in Maildir/new']);
  });

  test('puts it into the folder when there is one, else into the inbox', ({ bobs: [bob] }) => {
    const toWork = { ...bob, folder: '.work' };
    deliverHere(envelopeTo(toWork), readerOf(hello));
    expect(readMessages(bob)).toHaveLength(1);
    execFileSync('install', ['-d', '-o', `${bob.uid}`, '-m', '700', maildirOf(bob, '.work')]);
    expect(deliverHere(envelopeTo(toWork), readerOf(hello)).map(shortOf)).toEqual(['in Maildir/.work/new']);
    expect(readMessages(bob, '.work/new')).toEqual([delivered(bob, hello)]);
  });

  test('leaves nothing when the message is cut short', ({ bobs }) => {
    const read = readerOf('x'.repeat(400_000), 300_000);
    let pieces = 0;
    const cut = () => {
      if (++pieces > 1) throw new Error('the sender went away');
      return read();
    };
    expect(() => deliverHere(envelopeTo(...bobs), cut)).toThrow('the sender went away');
    for (const bob of bobs) expect([...readMessages(bob), ...readMessages(bob, 'tmp')]).toEqual([]);
  });

  test('tells to come again when the disk is full, and leaves nothing', ({ bobs: [bob], sandbox }) => {
    deliverHere(envelopeTo(bob), readerOf(hello));
    sandbox.remount('size=1m');
    for (const size of [1_100_000, 100_000])
      expect(deliverHere(envelopeTo(bob), readerOf('x'.repeat(2_000_000), size)).map(shortOf)).toEqual([
        'later 4.3.1',
      ]);
    expect(readMessages(bob)).toHaveLength(1);
    expect(readMessages(bob, 'tmp')).toEqual([]);
  });

  test('tells to come again when there is no home, no tree, or no root of trees', ({
    bobs: [bob],
    sandbox,
  }) => {
    const others = [
      { ...bob, home: '/home/nobody' },
      { ...bob, domain: 'gone.org' as Mailbox['domain'] },
      { ...bob, root: `${sandbox.disk}/gone` },
    ];
    const results = deliverHere(envelopeTo(...others, bob), readerOf(hello));
    expect(results.map(shortOf)).toEqual(['later 4.2.1', 'later 4.3.5', 'later 4.3.5', 'in Maildir/new']);
  });

  test('never delivers as root', ({ bobs: [bob] }) => {
    const roots = [
      { ...bob, uid: 0 },
      { ...bob, gid: 0 },
      { ...bob, groups: [bob.gid, 0] },
    ];
    expect(deliverHere(envelopeTo(...roots), readerOf(hello)).map(({ type }) => type)).toEqual(
      roots.map(() => 'later'),
    );
    expect(readdirSync(maildirOf(bob, '..'))).toEqual([]);
  });
});

describe.runIf(needs('root'))('deliverAsSelf', () => {
  test('delivers into the Maildir of a home', ({ bobs: [bob] }) => {
    const home = maildirOf(bob, '..');
    execFileSync('chown', ['0', home]);
    const result = deliverAsSelf(
      { sender: 'alice@example.org', address: addressOf(bob), home },
      readerOf(hello),
    );
    expect(shortOf(result)).toBe('in Maildir/new');
    expect(readMessages(bob)).toEqual([delivered(bob, hello)]);
  });
});

describe.runIf(needs('root'))('A quota', () => {
  const limited = (bob: Mailbox, quota: Partial<NonNullable<Mailbox['quota']>>): Mailbox => ({
    ...bob,
    quota: { bytes: undefined, messages: undefined, over: 'hard', ...quota },
  });

  test('refuses what does not fit, hard or soft, and keeps the sum', ({ bobs: [bob] }) => {
    const to = (over: 'hard' | 'soft') => envelopeTo(limited(bob, { messages: 2, over }));
    const results = Array.from({ length: 3 }, () => deliverHere(to('hard'), readerOf(hello))).flat();
    expect(results.map(shortOf)).toEqual(['in Maildir/new', 'in Maildir/new', 'refused 5.2.2']);
    expect(deliverHere(to('soft'), readerOf(hello)).map(shortOf)).toEqual(['later 4.2.2']);
    const bytes = 2 * delivered(bob, hello).length;
    expect(readFileSync(maildirOf(bob, 'maildirsize'), 'utf8')).toBe(`2C\n${bytes} 2\n`);
    expect(statSync(maildirOf(bob, 'maildirsize'))).toMatchObject({ uid: bob.uid, mode: 0o100600 });
    expect(readMessages(bob, 'tmp')).toEqual([]);
  });

  test('counts the bytes of a message that comes in pieces', ({ bobs: [bob] }) => {
    const to = envelopeTo(limited(bob, { bytes: 500_000 }));
    expect(deliverHere(to, readerOf('x'.repeat(600_000), 100_000)).map(shortOf)).toEqual(['refused 5.2.2']);
    expect(deliverHere(to, readerOf('x'.repeat(400_000), 100_000)).map(shortOf)).toEqual(['in Maildir/new']);
    expect(readMessages(bob, 'tmp')).toEqual([]);
  });

  test('has room again once mail was removed behind its back', ({ bobs: [bob] }) => {
    const to = envelopeTo(limited(bob, { messages: 1 }));
    deliverHere(to, readerOf(hello));
    execFileSync('find', [maildirOf(bob, 'new'), '-type', 'f', '-delete']);
    const old = (Date.now() - 3_600_000) / 1000;
    utimesSync(maildirOf(bob, 'maildirsize'), old, old);
    expect(deliverHere(to, readerOf(hello)).map(shortOf)).toEqual(['in Maildir/new']);
  });

  test('counts all folders but the trash', ({ bobs: [bob] }) => {
    deliverHere(envelopeTo(bob), readerOf(hello));
    for (const folder of ['.work/cur', '.Trash/cur']) {
      mkdirSync(maildirOf(bob, folder), { recursive: true });
      for (const name of ['a,S=100:2,S', 'b,S=100:2,ST', 'c:2,'])
        writeFileSync(maildirOf(bob, folder, name), 'x');
    }
    execFileSync('chown', ['-R', `${bob.uid}`, maildirOf(bob)]);
    deliverHere(envelopeTo(limited(bob, { bytes: 1000 })), readerOf(hello));
    const bytes = delivered(bob, hello).length;
    expect(readFileSync(maildirOf(bob, 'maildirsize'), 'utf8')).toBe(`1000S\n${bytes + 101} 3\n${bytes} 1\n`);
  });

  test('is told before the message comes', async ({ bobs: [bob], pool }) => {
    expect(await pool.findOverQuota(limited(bob, { bytes: 10 }), 11)).toMatchObject({ status: '5.2.2' });
    expect(await pool.findOverQuota(limited(bob, { bytes: 10 }), 10)).toBeUndefined();
  });
});

describe.runIf(needs('root'))('reapTmp', () => {
  test('removes what is older than 36 hours, and nothing else', ({ bobs: [bob] }) => {
    deliverHere(envelopeTo(bob), readerOf(hello));
    for (const [name, hours] of [
      ['old', 37],
      ['young', 35],
    ] as const) {
      writeFileSync(maildirOf(bob, 'tmp', name), '');
      const time = Date.now() / 1000 - hours * 3600;
      utimesSync(maildirOf(bob, 'tmp', name), time, time);
    }
    reapTmp({ tmp: openSync(maildirOf(bob, 'tmp'), 'r') }, Date.now());
    expect(readdirSync(maildirOf(bob, 'tmp'))).toEqual(['young']);
  });
});
