import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curl, loginDenied } from '../../support/curl.ts';
import { expectSettled } from '../../support/expect-settled.ts';
import { needs } from '../../support/needs.ts';
import { outOf } from '../../support/sandbox.ts';
import { forEachBob, makeTwoBobs, type TwoBobs } from '../../support/two-bobs.ts';

const wanted = ['popa3d', 'curl'].map((program) => ({ program }));

describe.runIf(needs('root', ...wanted))('popa3d in trees of the profile pop', () => {
  let bobs: TwoBobs;

  beforeAll(async () => {
    bobs = await makeTwoBobs('pop');
    for (const { domain, tree } of bobs.places) {
      const mail = [
        'From joe@example.org Mon Nov 23 05:34:50 2026',
        `Subject: to ${domain}`,
        '',
        `bob at ${domain}`,
      ];
      appendFileSync(join(tree, 'var/mail/bob'), `${mail.join('\n')}\n\n`);
    }
    await bobs.serve(110, ['/usr/sbin/popa3d']);
  });
  afterAll(async () => await bobs[Symbol.asyncDispose]());

  test('gives each bob his own mail for his own password alone', async () => {
    await forEachBob(bobs, async ({ domain, address, password, otherPassword }) => {
      const read = (secret: string) => curl(['--user', `bob:${secret}`, `pop3://${address}/1`]);
      const { status, out } = await read(password);
      expect([status, out]).toEqual([0, expect.stringContaining(`\r\nbob at ${domain}\r\n`)]);
      expect(await read(otherPassword)).toMatchObject({ status: loginDenied, out: '' });
    });
  });

  test('deletes a message from the one mailbox, not from the other', async () => {
    const [{ address, password, tree }, other] = bobs.places;
    const dele = ['--user', `bob:${password}`, '--request', 'DELE 1', '--head', `pop3://${address}/`];
    outOf(await curl(dele));
    expect(statSync(join(tree, 'var/mail/bob')).size).toBe(0);
    expect(statSync(join(other.tree, 'var/mail/bob')).size).toBeGreaterThan(0);
  });

  test('needs nothing that an update or a check would complain of', async () => {
    await expectSettled(bobs.sandbox);
  });
});
