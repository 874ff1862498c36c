import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { envelopeWords, greetLmtp, type LmtpTalk, stuff, talkLmtp } from '../support/lmtp-talk.ts';
import { needs } from '../support/needs.ts';
import { type MailScene, makeMailScene, type Virtmaild } from '../support/start-virtmaild.ts';
import { findPort } from '../support/start-virtuald.ts';

const domain = 'foo.example';

describe.runIf(needs('root'))('virtmaild', () => {
  let scene: MailScene;
  const send = async (server: Virtmaild, part: string, to = `bob@${domain}`): Promise<LmtpTalk> => {
    const talk = await greetLmtp(server);
    talk.send(envelopeWords([to]));
    await talk.answers(3);
    talk.send(part);
    return talk;
  };
  const countOf = (text: string, user = 'bob') =>
    scene.messages(domain, user).filter((message) => message.includes(text)).length;

  beforeAll(() => {
    scene = makeMailScene();
    scene.addTree(domain, ['bob', 'eve', 'max']);
    scene.set('');
  });
  afterAll(() => scene[Symbol.dispose]());

  test('takes at TERM the message that is being sent, tells all others to come again, and accepts nobody', async () => {
    await using server = await scene.start();
    using sending = await send(server, 'Subject: in the middle\r\n');
    using idle = await greetLmtp(server);
    using between = await greetLmtp(server);
    await between.ask('MAIL FROM:<>');
    server.signal('SIGTERM');
    expect(await idle.answers(1)).toEqual(['421 4.3.2']);
    expect(await between.answers(1)).toEqual(['421 4.3.2']);
    await Promise.all([idle.closed, between.closed]);
    await expect(talkLmtp(server)).rejects.toThrow();
    sending.send('.\r\nMAIL FROM:<>\r\n');
    expect(await sending.answers(2)).toEqual(['250 2.0.0', '421 4.3.2']);
    await sending.closed;
    expect(await server.ended).toBe(0);
    expect(countOf('in the middle')).toBe(1);
  });

  test('ends at a second TERM whatever is being sent', async () => {
    await using server = await scene.start();
    using sending = await send(server, 'Subject: never whole\r\n');
    server.signal('SIGTERM');
    await server.until('told to end: 1 sessions');
    server.signal('SIGTERM');
    await sending.closed;
    expect(await server.ended).toBe(0);
    expect(countOf('never whole')).toBe(0);
  });

  test('reads its settings again at HUP, opens and closes sockets, and keeps what it has where they are wrong', async () => {
    const [first, second] = [await findPort(), await findPort()];
    const unix = join(scene.base, 'hup.sock');
    scene.set(`listen = ["unix:${unix}", "127.0.0.1:${first}"]\n`);
    const at = (port: number) => ({ host: '127.0.0.1', port });
    // No --listen: the file is to say.
    await using server = await scene.start(['--root', scene.root, '--verbose'], { ownListen: false });
    using before = await greetLmtp({ path: unix });
    using old = await greetLmtp(at(first));
    scene.set(`listen = ["unix:${unix}", "127.0.0.1:${second}"]\nmax-recipients = 1\nmax-size = 2000\n`);
    server.signal('SIGHUP');
    await server.until('settings read again');
    await expect(talkLmtp(at(first))).rejects.toThrow();
    using fresh = await greetLmtp(at(second));
    for (const talk of [before, old, fresh]) {
      talk.send(envelopeWords([`eve@${domain}`, `eve@${domain}`]));
      expect(await talk.answers(4)).toEqual(['250 2.1.0', '250 2.1.5', '452 4.5.3', '354']);
      talk.send(stuff('x'.repeat(3000)));
      expect(await talk.answers(1)).toEqual(['552 5.3.4']);
    }
    scene.set(`listen = ["unix:${unix}", "192.0.2.77:25"]\nallow-remote = true\nmax-sessions = 1\n`);
    server.signal('SIGHUP');
    await server.until('what was read before holds');
    scene.set('nonsense = 1\n');
    server.signal('SIGHUP');
    await server.until('what was read before holds', 2);
    using still = await greetLmtp(at(second));
    expect(await still.ask('NOOP')).toBe('250 2.0.0');
    scene.set('');
  });

  test('tells a client to come again whose domain vanished after RCPT, and has its mail at the next attempt', async () => {
    scene.addTree('gone.example', ['bob']);
    await using server = await scene.start();
    using talk = await send(server, 'Subject: where to\r\n', 'bob@gone.example');
    renameSync(join(scene.root, 'gone.example'), join(scene.root, '.virtfs/away'));
    talk.send('.\r\n');
    expect((await talk.answers(1))[0]).toMatch(/^451 4\.\d\.\d$/u);
    expect(await talk.ask('MAIL FROM:<>')).toBe('250 2.1.0');
    expect(await talk.ask('RCPT TO:<bob@gone.example>')).toMatch(/^550 5\.1\.2|^451/u);
    renameSync(join(scene.root, '.virtfs/away'), join(scene.root, 'gone.example'));
    using again = await send(server, stuff('Subject: where to\r\n'), 'bob@gone.example');
    expect(await again.answers(1)).toEqual(['250 2.0.0']);
    expect(scene.messages('gone.example', 'bob')).toHaveLength(1);
  });

  test('has every message whole that it acknowledged, whenever it is killed', async () => {
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < 6; round++) {
      const server = await scene.start();
      const senders = [0, 1, 2, 3].map(async (sender) => {
        const talk = await greetLmtp(server);
        for (let count = 0; ; count++) {
          const name = `stream-${round}-${sender}-${count};`;
          // Small ones, and some that are written while they come.
          const message = `Subject: ${name}\r\n\r\n${'k'.repeat(count % 5 === 4 ? 400_000 : 3000)}\r\n`;
          talk.send(`${envelopeWords([`max@${domain}`])}${stuff(message)}`);
          const answers = await talk.answers(4);
          if (answers[3] === '250 2.0.0') acknowledged.set(name, message);
        }
      });
      await sleep(100 + round * 90);
      server.signal('SIGKILL');
      await Promise.allSettled(senders);
      await server.ended;
    }
    const found = new Map<string, string[]>();
    for (const text of scene.messages(domain, 'max')) {
      const name = /^Subject: (stream-[^;]*;)/mu.exec(text)?.[1] ?? '';
      found.set(name, [...(found.get(name) ?? []), text.slice(text.indexOf('Subject: '))]);
    }
    expect(acknowledged.size).toBeGreaterThan(20);
    const lost = [...acknowledged].filter(([name, message]) => found.get(name)?.join() !== message);
    expect(lost.map(([name]) => name)).toEqual([]);
    // What was not acknowledged may be there, once and whole, and nothing else.
    expect(
      [...found].filter(([, copies]) => copies.length !== 1 || !/k\r\n$/u.test(copies[0] ?? '')),
    ).toEqual([]);
  });
});
