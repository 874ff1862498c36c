import process from 'node:process';
import { deliverHere } from '../../src/mail/deliver-here.ts';
import { DeliveryPool } from '../../src/mail/delivery-pool.ts';
import type { DeliveryResult, Envelope } from '../../src/mail/mail-types.ts';
import { readerOf } from './mail-trees.ts';
import { runAsDriver } from './run-driver.ts';

export interface MailWords {
  readonly way: 'here' | 'pool';
  readonly envelope: Envelope;
  /** The message is its letter so many times. */
  readonly letter: string;
  readonly bytes: number;
}

/** What the message of such words is. */
export function messageOf({ letter, bytes }: Pick<MailWords, 'letter' | 'bytes'>): string {
  return `Subject: ${letter}\n\n${letter.repeat(bytes)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  await runAsDriver<MailWords>(async (words) => {
    const results = await (words.way === 'here' ? here(words) : pool(words));
    // What is said here is what a sender hears.
    process.stdout.write(results.map(({ type }) => type).join(' '));
  });
}

async function here(words: MailWords): Promise<readonly DeliveryResult[]> {
  return deliverHere(words.envelope, readerOf(messageOf(words), 100_000));
}

async function pool(words: MailWords): Promise<readonly DeliveryResult[]> {
  const pool = new DeliveryPool(1);
  const read = readerOf(messageOf(words), 100_000);
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (let piece = read(); piece !== undefined; piece = read()) yield piece;
  };
  const results = await pool.deliver(words.envelope, pieces());
  await pool.close();
  return results;
}
