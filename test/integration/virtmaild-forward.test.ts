import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { envelopeWords, greetLmtp, stuff } from '../support/lmtp-talk.ts';
import { needs } from '../support/needs.ts';
import { type MailScene, makeMailScene, type Virtmaild } from '../support/start-virtmaild.ts';

const domain = 'foo.example';

describe.runIf(needs('root'))('virtmaild, with mail for other hosts,', () => {
  let scene: MailScene;
  let out: string;

  beforeAll(() => {
    scene = makeMailScene();
    scene.addTree(domain, ['bob', 'eve', 'max']);
    writeFileSync(
      join(scene.root, domain, 'etc/aliases'),
      'team: max, far@away.example, off@away.example\nsend: far@away.example\n',
    );
    scene.putInHome(domain, 'bob', '.forward', 'bob\nbob@away.example\n');
    out = join(scene.base, 'out');
    mkdirSync(out);
    chmodSync(out, 0o1777);
  });
  afterAll(() => scene[Symbol.dispose]());

  /** A sendmail that keeps what it gets, and who it was, and ends as it is told. */
  const putSendmail = (status = 0): string => {
    const path = join(scene.base, `sendmail.${status}`);
    const text = `#!/bin/sh\nset -e\nname=$(mktemp ${out}/XXXXXX)\n{ id -u; id -G; env | wc -l; echo "$@"; cat; } >"$name"\nexit ${status}\n`;
    writeFileSync(path, text, { mode: 0o755 });
    return path;
  };
  const serve = (sendmail: string): Promise<Virtmaild> => {
    scene.set(`sendmail = "${sendmail}"\nforward-user = "60009"\n`);
    return scene.start();
  };
  const sent = () => readdirSync(out).map((name) => readFileSync(join(out, name), 'latin1'));
  const deliver = async (server: Virtmaild, to: readonly string[], message: string) => {
    using talk = await greetLmtp(server);
    talk.send(envelopeWords(to, 'alice@example.org'));
    const before = await talk.answers(to.length + 2);
    if (before.at(-1) !== '354') return before.slice(1, -1);
    talk.send(stuff(message));
    return await talk.answers(before.filter((answer) => answer === '250 2.1.5').length);
  };

  test.each([
    ['a small message', 'Subject: small\r\n\r\nx\r\n'],
    ['a large one', `Subject: large\r\n\r\n${`${'y'.repeat(998)}\r\n`.repeat(1500)}`],
  ])('hands %s to sendmail as an unprivileged user, and keeps what is for here', async (_, message) => {
    const before = sent();
    await using server = await serve(putSendmail());
    expect(await deliver(server, [`team@${domain}`, `eve@${domain}`], message)).toEqual([
      '250 2.0.0',
      '250 2.0.0',
    ]);
    const fresh = sent().filter((text) => !before.includes(text));
    expect(fresh).toHaveLength(1);
    expect(fresh[0]).toMatch(
      /^60009\n60009\n\d\n-i -f alice@example.org -- far@away.example off@away.example\n/u,
    );
    expect(fresh[0]?.endsWith(`\nDelivered-To: team@${domain}\r\n${message}`)).toBe(true);
    for (const user of ['max', 'eve'])
      expect(scene.messages(domain, user).filter((text) => text.endsWith(message))).toHaveLength(1);
    await server.until('for=far@away.example off@away.example');
  });

  test('does what a user asks for with .forward', async () => {
    await using server = await serve(putSendmail());
    expect(await deliver(server, [`bob@${domain}`], 'Subject: both\r\n')).toEqual(['250 2.0.0']);
    expect(scene.messages(domain, 'bob').filter((text) => text.includes('both'))).toHaveLength(1);
    expect(
      sent().filter((text) => text.includes('Subject: both') && text.includes('-- bob@away.example')),
    ).toHaveLength(1);
  });

  test('tells the sender to come again when there is no sendmail, before anybody has the message', async () => {
    await using server = await serve('/nonexistent/sendmail');
    expect(await deliver(server, [`team@${domain}`, `send@${domain}`], 'Subject: none\r\n')).toEqual([
      '451 4.3.5',
      '451 4.3.5',
    ]);
    expect(scene.messages(domain, 'max').filter((text) => text.includes('none'))).toEqual([]);
    await server.until('there is no /nonexistent/sendmail');
  });

  test('tells the sender to come again when sendmail does not take it', async () => {
    await using server = await serve(putSendmail(75));
    expect(await deliver(server, [`send@${domain}`], 'Subject: not now\r\n')).toEqual(['451 4.3.0']);
    await server.until('did not take it: status 75');
  });

  test('never runs sendmail as root', async () => {
    const path = putSendmail();
    scene.set(`sendmail = "${path}"\nforward-user = "root"\n`);
    await using server = await scene.start();
    expect(await deliver(server, [`send@${domain}`], 'Subject: as root\r\n')).toEqual(['451 4.3.5']);
    expect(sent().filter((text) => text.includes('as root'))).toEqual([]);
  });

  test('ends a circle', async () => {
    await using server = await serve(putSendmail());
    const message = `Received: x\r\nDelivered-To: SEND@${domain}\r\nSubject: round\r\n\r\nx\r\n`;
    expect(await deliver(server, [`send@${domain}`, `eve@${domain}`], message)).toEqual([
      '554 5.4.6',
      '250 2.0.0',
    ]);
    expect(sent().filter((text) => text.includes('round'))).toEqual([]);
  });

  test('starts no sendmail for a message whose sender vanishes', async () => {
    const before = sent().length;
    await using server = await serve(putSendmail());
    const talk = await greetLmtp(server);
    talk.send(envelopeWords([`send@${domain}`]));
    await talk.answers(3);
    talk.send('y'.repeat(600_000));
    talk.socket.end();
    await server.until('nothing is delivered');
    expect(sent()).toHaveLength(before);
  });
});
