import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curl } from '../../support/curl.ts';
import { expectSettled } from '../../support/expect-settled.ts';
import { findUnpacked, layOverHost } from '../../support/lay-over-host.ts';
import { needs } from '../../support/needs.ts';
import { outOf } from '../../support/sandbox.ts';
import { type BobsPlace, forEachBob, makeTwoBobs, type TwoBobs } from '../../support/two-bobs.ts';

const wanted = ['popa3d', 'curl'].map((program) => ({ program }));
// Not installed: it would take the place of the mail system that other tests need.
const unpacked = findUnpacked('exim4-daemon-light');

/** What curl ends with where a recipient is refused: https://curl.se/docs/manpage.html#EXIT */
const refused = 55;

describe.runIf(unpacked !== undefined && needs('root', ...wanted))(
  'Exim in trees of the profile smtp',
  () => {
    let host: Disposable;
    let bobs: TwoBobs;

    beforeAll(async () => {
      host = layOverHost(unpacked ?? '', ['Debian-exim']);
      bobs = await makeTwoBobs('smtp,pop');
      await bobs.serve(25, ['/usr/sbin/exim4', '-bs']);
      await bobs.serve(110, ['/usr/sbin/popa3d']);
    });
    afterAll(async () => {
      await bobs[Symbol.asyncDispose]();
      host[Symbol.dispose]();
    });

    test('takes mail for each bob into his own mailbox, from which he fetches it', async () => {
      await forEachBob(bobs, async (place) => {
        const { domain, address, password } = place;
        outOf(await send(place, `bob@${domain}`, `hello bob at ${domain}`));
        const text = await untilDelivered(place, 'bob');
        expect(text).toContain(`hello bob at ${domain}\n`);
        const fetched = outOf(await curl(['--user', `bob:${password}`, `pop3://${address}/1`]));
        expect(fetched).toContain(`\r\nhello bob at ${domain}`);
        expect(fetched).toContain(`by ${domain} with esmtp`);
      });
      const [a, b] = bobs.places;
      expect(await untilDelivered(a, 'bob')).not.toContain(b.domain);
      expect(await untilDelivered(b, 'bob')).not.toContain(a.domain);
    });

    test('delivers what is for an alias of the domain, and for the postmaster to the administrator', async () => {
      const [place] = bobs.places;
      outOf(await send(place, `postmaster@mail.${place.domain}`, 'is anybody there'));
      expect(await untilDelivered(place, 'admin')).toContain('is anybody there');
      const mailbox = statSync(join(place.tree, 'var/mail/admin'));
      expect(mailbox.uid).toBe(statSync(join(place.tree, 'home/a/admin')).uid);
    });

    test('takes no mail for anybody else, here or elsewhere', async () => {
      const [place, other] = bobs.places;
      for (const to of [
        `nosuch@${place.domain}`,
        `bob@${other.domain}`,
        'bob@example.net',
        'root@[127.0.0.1]',
      ]) {
        const { status, err } = await send(place, to, 'not wanted');
        expect([to, status, err]).toEqual([to, refused, expect.stringMatching(/RCPT failed: 5\d\d/u)]);
      }
    });

    test('needs nothing that an update or a check would complain of', async () => {
      await expectSettled(bobs.sandbox);
    });

    function send({ address }: BobsPlace, to: string, text: string) {
      const words = ['--mail-from', 'joe@example.org', '--mail-rcpt', to, '--upload-file', '-'];
      const message = ['From: joe@example.org', `To: ${to}`, 'Subject: a letter', '', text, ''];
      return curl([...words, `smtp://${address}/client.example`], message.join('\r\n'));
    }

    /** Exim says yes when a message is in its queue, and delivers it then. */
    async function untilDelivered({ tree }: BobsPlace, user: string): Promise<string> {
      const mailbox = join(tree, 'var/mail', user);
      for (const end = performance.now() + 30_000; performance.now() < end; await sleep(50)) {
        if (existsSync(mailbox) && statSync(mailbox).size > 0) return readFileSync(mailbox, 'utf8');
      }
      throw new Error(`nothing came into ${mailbox}`);
    }
  },
);
