// maildir FOLDER [ROUNDS [MESSAGES]]: how many messages a second the delivery pool puts into mailboxes of trees, eight at a
// time, beside the plain loop of maildir-floor.c in four processes. FOLDER, on a quiet disk, must not be there yet.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { DeliveryPool } from '../../src/mail/delivery-pool.ts';
import type { Mailbox } from '../../src/mail/mail-types.ts';
import { envelopeTo, makeMailTrees } from '../../test/support/mail-trees.ts';
import { median } from './measure.ts';

const [folder = '', rounds = '5', messages = '2000'] = process.argv.slice(2);
const bar = 0.7;
const senders = 8;
const sizes = [
  ['1 KB', 1 << 10, 1],
  ['20 KB', 20 << 10, 1],
  ['1 MB', 1 << 20, 8],
] as const;

mkdirSync(folder, { mode: 0o700 });
const floor = join(folder, 'maildir-floor');
execFileSync('gcc', ['-O2', '-Wall', '-o', floor, new URL('maildir-floor.c', import.meta.url).pathname]);
const domains = ['a.example', 'b.example', 'c.example', 'd.example'];
const users = ['bob', 'eve', 'ann', 'tom', 'kim'];
const mailboxes = makeMailTrees(join(folder, 'virtual'), domains, users);
// One for each sender: most of a delivery is waiting for the disk, which commits for all who wait at once.
const pool = new DeliveryPool(senders);

for (const [name, bytes, fewer] of sizes) {
  const count = Math.floor(Number(messages) / fewer);
  await timeOurs(Math.ceil(count / 10), bytes);
  timeFloor(Math.ceil(count / 10), bytes);
  const pairs: (readonly [ours: number, floor: number])[] = [];
  for (let round = 0; round < Number(rounds); round++)
    pairs.push([count / (await timeOurs(count, bytes)), count / timeFloor(count, bytes)]);
  const ratio = median(pairs.map(([ours, plain]) => ours / plain));
  const [ours, plain] = [median(pairs.map(([first]) => first)), median(pairs.map(([, second]) => second))];
  const verdict = ratio >= bar ? 'meets' : 'MISSES';
  console.log(
    `${name}: ${ratio.toFixed(2)} x the plain loop (bar ${bar}: ${verdict}; ${ours.toFixed(0)} against ${plain.toFixed(0)} a second; ${rounds} pairs)`,
  );
}
await pool.close();
rmSync(folder, { recursive: true });

/** Seconds. */
async function timeOurs(count: number, bytes: number): Promise<number> {
  const message = Buffer.alloc(bytes, 'Subject: x\n\n');
  let left = count;
  const send = async (sender: number): Promise<void> => {
    for (let number = sender; left-- > 0; number += senders) {
      const mailbox = mailboxes[number % mailboxes.length] as Mailbox;
      const [result] = await pool.deliver(envelopeTo(mailbox), message);
      if (result?.type !== 'delivered') throw new Error(result?.why);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: senders }, (_, sender) => send(sender)));
  return (performance.now() - start) / 1000;
}

function timeFloor(count: number, bytes: number): number {
  const output = execFileSync(floor, [folder, '4', String(count), String(bytes)], { encoding: 'utf8' });
  rmSync(join(folder, '0'), { recursive: true });
  for (const process of [1, 2, 3]) rmSync(join(folder, String(process)), { recursive: true });
  return Number(output);
}
