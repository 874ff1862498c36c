import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { envelopeWords, greetLmtp, stuff, talkLmtp } from '../support/lmtp-talk.ts';
import { needs } from '../support/needs.ts';
import { type MailScene, makeMailScene, type Virtmaild } from '../support/start-virtmaild.ts';

const users = ['bob', 'eve', 'max', ...Array.from({ length: 100 }, (_, index) => `u${index}`)];
const domain = 'foo.example';
/** A message as it is in a mailbox: its first lines end as the one behind them. */
function delivered(to: string, message: string): string {
  const newline = /^[^\n]*\r\n/u.test(message) ? '\r\n' : '\n';
  return `Return-Path: <alice@example.org>${newline}Delivered-To: ${to}${newline}${message}`;
}

describe.runIf(needs('root'))('A session with virtmaild', () => {
  let scene: MailScene;
  let server: Virtmaild;

  beforeAll(async () => {
    scene = makeMailScene();
    scene.addTree(domain, users);
    scene.addTree('xn--bcher-kva.example', ['bob']);
    scene.set('max-size = 300_000\n');
    server = await scene.start();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    scene[Symbol.dispose]();
  });

  /** Sends one message, as it is, to users nobody else writes to, and gives what came. */
  const send = async (user: string, wire: string) => {
    using talk = await greetLmtp(server);
    talk.send(envelopeWords([`${user}@${domain}`]));
    await talk.answers(3);
    talk.send(wire);
    const answer = await talk.answers(1);
    return { answer, messages: scene.messages(domain, user) };
  };

  test('says what it can do, and nothing of what it will not', async () => {
    using talk = await talkLmtp(server);
    expect((await talk.answer()).lines[0]).toMatch(/^\S+ LMTP$/u);
    talk.send('LHLO client.example\r\n');
    const { lines } = await talk.answer();
    expect(lines.slice(1)).toEqual([
      'PIPELINING',
      '8BITMIME',
      'SMTPUTF8',
      'ENHANCEDSTATUSCODES',
      'SIZE 300000',
    ]);
    for (const word of ['HELO x', 'EHLO x', 'STARTTLS', 'AUTH PLAIN AAAA', 'XCLIENT ADDR=192.0.2.1', 'WIZ x'])
      expect(await talk.ask(word), word).toMatch(/^500/u);
    expect(await talk.ask('NOOP')).toBe('250 2.0.0');
    expect(await talk.ask('QUIT')).toBe('221 2.0.0');
    await talk.closed;
  });

  test('answers a whole session that came in one piece, each recipient by itself, and one that is named twice twice', async () => {
    using talk = await talkLmtp(server);
    const to = [
      `max@${domain}`,
      `nobody@${domain}`,
      `MAX@${domain}`,
      'bob@elsewhere.example',
      `max@${domain}`,
    ];
    const rest = 'NOOP\r\nQUIT\r\n';
    talk.send(`LHLO x\r\n${envelopeWords(to)}${stuff('Subject: one\r\n\r\ntext\r\n')}${rest}`);
    expect(await talk.answers(11)).toEqual([
      '220',
      '250',
      '250 2.1.0',
      '250 2.1.5',
      '550 5.1.1',
      '250 2.1.5',
      '550 5.1.2',
      '250 2.1.5',
      '354',
      '250 2.0.0',
      '250 2.0.0',
    ]);
    expect(await talk.answers(3)).toEqual(['250 2.0.0', '250 2.0.0', '221 2.0.0']);
    expect(
      scene
        .messages(domain, 'max')
        .map((text) => text.split('\r\n').slice(1).join('\n'))
        .sort(),
    ).toEqual([
      `Delivered-To: MAX@${domain}\nSubject: one\n\ntext\n`,
      `Delivered-To: max@${domain}\nSubject: one\n\ntext\n`,
      `Delivered-To: max@${domain}\nSubject: one\n\ntext\n`,
    ]);
  });

  test('reads what comes byte by byte', async () => {
    using talk = await talkLmtp(server);
    const all = `LHLO x\r\n${envelopeWords([`u1@${domain}`])}${stuff('.\r\n..\r\n.x\r\n')}QUIT\r\n`;
    for (const byte of all) {
      talk.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await talk.answers(7)).toEqual([
      '220',
      '250',
      '250 2.1.0',
      '250 2.1.5',
      '354',
      '250 2.0.0',
      '221 2.0.0',
    ]);
    expect(scene.messages(domain, 'u1')).toEqual([delivered(`u1@${domain}`, '.\r\n..\r\n.x\r\n')]);
  });

  test.each([
    ['u2', 'dots that begin lines', '.\r\n..\r\n...x\r\n\r\n.\r\n'],
    ['u3', 'bare LFs, and dots behind them', 'a\n.\n..\n..b\n.\r\nc\r\n'],
    ['u4', 'bare CRs, and dots behind them', 'a\r.\r..\r\r\n.\rb\r\r.\r\n'],
    [
      'u5',
      'NUL bytes and all others',
      `\0\0${String.fromCharCode(...Array.from({ length: 256 }, (_, n) => n))}\r\n`,
    ],
    ['u6', 'a line of 200,000 bytes', `${'x'.repeat(200_000)}\r\n`],
    ['u7', 'From at the beginning of a line', 'Subject: x\r\n\r\nFrom here on\r\n>From there\r\n'],
    ['u8', 'nothing at all', ''],
  ])('delivers to %s, byte for byte, %s', async (user, _, message) => {
    const { answer, messages } = await send(user, stuff(message));
    expect(answer).toEqual(['250 2.0.0']);
    expect(messages).toEqual([delivered(`${user}@${domain}`, message)]);
  });

  test('takes no bare LF for the end of a line, so that no message smuggles another', async () => {
    const evil = `x\n.\nMAIL FROM:<evil@example.org>\r\nRCPT TO:<eve@${domain}>\r\nx\r.\r\nx\n.\r\nx\r\n.\nQUIT\r\n`;
    const { answer, messages } = await send('u9', `${evil}\r\n.\r\n`);
    expect(answer).toEqual(['250 2.0.0']);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain('evil@example.org');
  });

  test('takes 8-bit and UTF-8 where they are announced, in senders, domains and messages', async () => {
    using talk = await greetLmtp(server);
    const utf8 = (text: string) => Buffer.from(text).toString('latin1');
    expect(await talk.ask(utf8('MAIL FROM:<jörg@bücher.example> BODY=8BITMIME SMTPUTF8'))).toBe('250 2.1.0');
    expect(await talk.ask(utf8('RCPT TO:<bob@bücher.example>'))).toBe('250 2.1.5');
    expect(await talk.ask('DATA')).toBe('354');
    talk.send(utf8('Subject: Bücher\r\n\r\n\r\n.\r\n'));
    expect(await talk.answers(1)).toEqual(['250 2.0.0']);
    const [message] = scene.messages('xn--bcher-kva.example', 'bob');
    expect(message).toContain(utf8('Return-Path: <jörg@bücher.example>\r\n'));
  });

  test('takes every sender the mail server has let in', async () => {
    using talk = await greetLmtp(server);
    for (const sender of [
      '',
      'root',
      'a..b.@docomo.example',
      '"a b@c"@example.org',
      '#@[]',
      'x@[192.0.2.1]',
    ]) {
      expect(await talk.ask(`MAIL FROM:<${sender}>`), sender).toBe('250 2.1.0');
      expect(await talk.ask('RSET')).toBe('250 2.0.0');
    }
    expect(await talk.ask('MAIL FROM:<a\x00b@example.org>')).toBe('501 5.1.7');
    expect(await talk.ask('MAIL FROM:alice@example.org')).toBe('501 5.1.7');
  });

  test('refuses hostile recipients for good', async () => {
    using talk = await greetLmtp(server);
    await talk.ask('MAIL FROM:<>');
    const locals = [
      '../bob',
      'a/b',
      '..',
      '.',
      '',
      '-x',
      '|sh',
      '"bob\0"',
      'bob\0',
      'x'.repeat(10_240),
      'b\u0001b',
      '$(id)',
      '`id`',
      'bob%x',
    ];
    const domains = [
      '',
      '.',
      '..',
      '../foo.example',
      'foo.example.',
      'foo.example/',
      `${'a.'.repeat(5000)}b`,
      '.virtfs',
      'foo_example',
    ];
    const all = [
      ...locals.map((local) => `${local}@${domain}`),
      ...domains.map((each) => `bob@${each}`),
      'bob',
      '@',
      '',
    ];
    for (const each of all) {
      const answer = await talk.ask(`RCPT TO:<${each}>`);
      if (each !== 'bob@foo.example.') expect(answer, each.slice(0, 40)).toMatch(/^5\d\d 5\.1\.\d/u);
    }
    expect(await talk.ask('NOOP')).toBe('250 2.0.0');
  });

  test('delivers to 100 recipients at once, and tells the next to come in another session', async () => {
    using talk = await greetLmtp(server);
    const to = Array.from({ length: 100 }, (_, index) => `u${index}@${domain}`);
    talk.send(envelopeWords([...to, `bob@${domain}`]));
    const answers = await talk.answers(103);
    expect(answers.slice(1, 101).every((answer) => answer === '250 2.1.5')).toBe(true);
    expect(answers.slice(101)).toEqual(['452 4.5.3', '354']);
    talk.send(stuff('Subject: hundred\r\n'));
    expect(new Set(await talk.answers(100))).toEqual(new Set(['250 2.0.0']));
    for (let index = 0; index < 100; index++)
      expect(scene.messages(domain, `u${index}`).filter((text) => text.includes('hundred'))).toHaveLength(1);
    expect(scene.messages(domain, 'bob')).toEqual([]);
  });

  test('refuses a message that is too large when it hears so, or at its end, and delivers nothing of it', async () => {
    using talk = await greetLmtp(server);
    expect(await talk.ask('MAIL FROM:<> SIZE=300001')).toBe('552 5.3.4');
    for (const size of [300_001, 5_000_000]) {
      talk.send(envelopeWords([`eve@${domain}`, `eve@${domain}`]));
      await talk.answers(4);
      talk.send(`${`${'x'.repeat(998)}\r\n`.repeat(Math.ceil(size / 1000))}.\r\n`);
      expect(await talk.answers(2)).toEqual(['552 5.3.4', '552 5.3.4']);
    }
    expect(['new', 'tmp', 'cur'].flatMap((folder) => scene.messages(domain, 'eve', folder))).toEqual([]);
    talk.send(envelopeWords([`eve@${domain}`]));
    await talk.answers(3);
    talk.send(stuff(`${'x'.repeat(299_998)}\r\n`));
    expect(await talk.answers(1)).toEqual(['250 2.0.0']);
    expect(scene.messages(domain, 'eve')[0]?.length).toBeGreaterThan(300_000);
  });

  test('gets on with swaks', async () => {
    expect(needs({ program: 'swaks' })).toBe(true);
    const to = [`u90@${domain}`, `u91@${domain}`, `nobody@${domain}`].join();
    const words = [
      '--protocol',
      'LMTP',
      '--socket',
      server.path,
      '--pipeline',
      '--from',
      'a@b.example',
      '--to',
      to,
    ];
    const { stdout } = await execa('swaks', words, { reject: false });
    expect(
      stdout.match(/^<[-*~]{1,2}\s+(?:250 2\.0\.0 \w+ delivered|550 5\.1\.1 .*)$/gmu),
      stdout,
    ).toHaveLength(3);
    for (const user of ['u90', 'u91'])
      expect(
        scene.messages(domain, user).filter((text) => text.includes('This is a test mailing')),
      ).toHaveLength(1);
  });

  test('writes a line to the log of mail for each recipient', async () => {
    const { answer } = await send('bob', stuff('Subject: logged\r\n'));
    expect(answer).toEqual(['250 2.0.0']);
    const line = await server.until(`to=<bob@${domain}>, from=<alice@example.org>`);
    // Facility mail, severity info.
    expect(line).toMatch(
      /^<22>virtmaild\[\d+\]: [0-9A-Z]{8,}: to=.*, size=17, time=\d\.\d{3}, client=uid 0 pid \d+, delivered \(/u,
    );
  });
});
