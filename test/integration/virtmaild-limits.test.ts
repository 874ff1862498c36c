import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { envelopeWords, greetLmtp, type LmtpTalk, stuff, talkLmtp } from '../support/lmtp-talk.ts';
import { needs } from '../support/needs.ts';
import { type MailScene, makeMailScene, type Virtmaild } from '../support/start-virtmaild.ts';

const to = 'bob@foo.example';

describe.runIf(needs('root'))('virtmaild, as its limits say,', () => {
  let scene: MailScene;
  const serve = (toml: string): Promise<Virtmaild> => {
    scene.set(toml);
    return scene.start();
  };
  const allOf = (user: string) =>
    ['new', 'tmp', 'cur'].flatMap((folder) => scene.messages('foo.example', user, folder));
  /** A session that is sending a message. */
  const send = async (server: Virtmaild, part: string): Promise<LmtpTalk> => {
    const talk = await greetLmtp(server);
    talk.send(envelopeWords([to]));
    expect((await talk.answers(3)).at(-1)).toBe('354');
    talk.send(part);
    return talk;
  };

  beforeAll(() => {
    scene = makeMailScene();
    scene.addTree('foo.example', ['bob', 'eve']);
  });
  afterAll(() => scene[Symbol.dispose]());

  test('serves so many sessions at once, tells more to come again, and serves again when one has ended', async () => {
    await using server = await serve('max-sessions = 2\n');
    using first = await greetLmtp(server);
    using second = await greetLmtp(server);
    using third = await talkLmtp(server);
    expect(await third.answers(1)).toEqual(['421 4.3.2']);
    await third.closed;
    await server.until('turned away: 2 sessions are open');
    expect(await first.ask('QUIT')).toBe('221 2.0.0');
    await first.closed;
    using fourth = await greetLmtp(server);
    expect(await fourth.ask('NOOP')).toBe('250 2.0.0');
    expect(await second.ask('NOOP')).toBe('250 2.0.0');
  });

  test('tells the sender with many recipients how many it takes', async () => {
    await using server = await serve('max-recipients = 2\n');
    using talk = await greetLmtp(server);
    talk.send(envelopeWords([to, to, to]));
    expect(await talk.answers(5)).toEqual(['250 2.1.0', '250 2.1.5', '250 2.1.5', '452 4.5.3', '354']);
    talk.send(stuff('x\r\n'));
    expect(await talk.answers(2)).toEqual(['250 2.0.0', '250 2.0.0']);
  });

  test('closes a session that says nothing', async () => {
    await using server = await serve('idle = 1\n');
    using silent = await greetLmtp(server);
    using halfway = await send(server, 'Subject: half a mess');
    expect((await silent.answer()).code).toBe(421);
    await silent.closed;
    expect((await halfway.answer()).code).toBe(421);
    await halfway.closed;
    await server.until('nothing is delivered');
    expect(allOf('bob').filter((text) => text.includes('half a mess'))).toEqual([]);
  });

  test('closes a session that lasts too long, however busy it is with one message', async () => {
    await using server = await serve('total = 2\n');
    using talk = await send(server, 'Subject: drop by drop\r\n');
    let isOver = false;
    void talk.closed.then(() => {
      isOver = true;
    });
    while (!isOver) {
      talk.send('x');
      await sleep(100);
    }
    await server.until('nothing is delivered');
    expect(allOf('bob').filter((text) => text.includes('drop by drop'))).toEqual([]);
  });

  test('closes a session that only ever asks', async () => {
    await using server = await serve('');
    using talk = await greetLmtp(server);
    talk.send('RSET\r\n'.repeat(5000));
    const answers: string[] = [];
    for (;;) {
      const { code, status } = await talk.answer();
      answers.push(`${code} ${status}`);
      if (code === 421) break;
    }
    expect(answers.length).toBeLessThan(4100);
    await talk.closed;
  });

  test.each([
    ['bytes without a line', Buffer.alloc(100_000, 0xff)],
    ['lines that mean nothing', Buffer.from('\x00\xfe garbage\r\n'.repeat(30), 'latin1')],
    ['a page for a web browser', Buffer.from('POST / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ])('closes a session of %s', async (_, bytes) => {
    await using server = await serve('');
    using talk = await greetLmtp(server);
    talk.send(bytes);
    await talk.closed;
    using next = await greetLmtp(server);
    expect(await next.ask('NOOP')).toBe('250 2.0.0');
  });

  test.each([
    ['small', 'Subject: gone\r\n\r\nx\r\n'],
    ['large', `Subject: gone\r\n\r\n${'y'.repeat(3_000_000)}`],
  ])('delivers nothing of a %s message whose sender vanishes', async (_, part) => {
    await using server = await serve('');
    const talk = await send(server, part);
    // All of it is there.
    await new Promise<void>((done) => {
      talk.socket.write('', () => done());
    });
    await sleep(100);
    talk.socket.destroy();
    await server.until('nothing is delivered');
    expect(allOf('bob').filter((text) => text.includes('Subject: gone'))).toEqual([]);
  });

  test('delivers a message of 90 MB whole, and holds no more of it than of one of 20 MB', async () => {
    await using server = await serve('');
    const peak = () =>
      Number(/VmHWM:\s*(\d+)/u.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024;
    const line = `${'z'.repeat(998)}\r\n`;
    const sendLarge = async (megabytes: number): Promise<void> => {
      using talk = await send(server, `Subject: ${megabytes} MB\r\n\r\n`);
      const piece = line.repeat(100);
      for (let count = 0; count < megabytes * 10; count++) {
        if (!talk.socket.write(piece)) await new Promise((done) => talk.socket.once('drain', done));
      }
      talk.send('.\r\n');
      expect(await talk.answers(1)).toEqual(['250 2.0.0']);
    };
    await sendLarge(20);
    const before = peak();
    await sendLarge(90);
    expect(peak() - before).toBeLessThan(45_000_000);
    const large = allOf('bob').find((text) => text.includes('Subject: 90 MB'));
    expect(large?.slice(large.indexOf('\r\n\r\n') + 4) === line.repeat(90_000)).toBe(true);
  });
});
