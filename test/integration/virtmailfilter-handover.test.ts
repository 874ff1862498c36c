import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { type ReachableCheckout, reachCheckout } from '../support/reach-checkout.ts';
import { type MailProgramCall, type MailProgramEnd, runMailProgram } from '../support/run-mail-program.ts';
import { startScriptedLmtp } from '../support/scripted-lmtp.ts';
import { type MailScene, makeMailScene } from '../support/start-virtmaild.ts';

const uid = 60_001;
const bob = {
  EXT: 'bob',
  HOST: 'foo.bar.com',
  RPLINE: 'Return-Path: <ann@example.net>\n',
  DTLINE: 'Delivered-To: foo-bob@foo.bar.com\n',
};
const hello = ['220 here', '250-here\r\n250-8BITMIME\r\n250 SMTPUTF8'];
const upToData = [...hello, '250 2.1.0 ok', '250 2.1.5 ok', '354 go'];

describe.runIf(needs('root'))('virtmailfilter, as a user of a mail server,', () => {
  let scene: MailScene;
  let checkout: ReachableCheckout;
  let sockets = 0;
  const newPath = () => join(scene.base, `scripted.${++sockets}`);
  const run = (path: string, call: Partial<MailProgramCall> = {}): Promise<MailProgramEnd> =>
    runMailProgram({
      node: checkout.at(process.execPath),
      script: checkout.at(join(import.meta.dirname, '../../src/bin/virtmailfilter.ts')),
      words: [`--socket=${path}`],
      uid,
      env: bob,
      ...call,
    });

  beforeAll(() => {
    scene = makeMailScene();
    checkout = reachCheckout();
    scene.addTree('foo.bar.com', ['bob', 'jo']);
    scene.set(`trusted-users = ["${uid}"]\n`);
  });
  afterAll(() => {
    checkout[Symbol.dispose]();
    scene[Symbol.dispose]();
  });

  test('hands over to virtmaild, which delivers', async () => {
    await using server = await scene.start();
    const message = 'Subject: x\n\n.\n..\nFrom me\n\0\xe9\r\n.\r\nend\n';
    expect(await run(server.path, { input: Buffer.from(message, 'latin1') })).toEqual({
      status: 0,
      err: '',
      out: '',
    });
    expect(scene.messages('foo.bar.com', 'bob')).toEqual([
      `Return-Path: <ann@example.net>\nDelivered-To: bob@foo.bar.com\n${message.replace(/\n$/u, '\r\n')}`,
    ]);
  });

  test('hands over a large message whole', async () => {
    await using server = await scene.start();
    const message = `Subject: large\n\n${'.line\r\n'.repeat(1_000_000)}`;
    expect((await run(server.path, { input: message, env: { ...bob, EXT: 'jo' } })).status).toBe(0);
    expect(scene.messages('foo.bar.com', 'jo')[0]?.endsWith(message)).toBe(true);
  });

  test('passes on what virtmaild refuses, and keeps for later what it does not serve', async () => {
    await using server = await scene.start();
    expect(await run(server.path, { env: { ...bob, EXT: 'nobody-there' } })).toMatchObject({
      status: 100,
      err: expect.stringMatching(/^5\.1\.1 /u),
    });
    expect((await run(server.path, { uid: uid + 1 })).status).toBe(111);
  });

  test('refuses a malformed address without virtmaild', async () => {
    expect((await run(newPath(), { env: { ...bob, EXT: '../../etc' } })).status).toBe(100);
  });

  test('keeps the message for later where no virtmaild is', async () => {
    const path = newPath();
    expect(await run(path)).toMatchObject({ status: 111, err: expect.stringContaining('start it:') });
    expect((await run(path, { words: [`--socket=${path}`, '--exit-codes=sysexits'] })).status).toBe(75);
    const server = await startScriptedLmtp(path, hello);
    await server[Symbol.asyncDispose]();
    expect((await run(path)).status).toBe(111);
  });

  test('says nothing to a listener that is not root', async () => {
    const open = join(scene.base, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    const path = join(open, 'socket');
    const child = spawn(checkout.at(process.execPath), ['-e', listening, path], {
      uid: uid + 1,
      gid: uid + 1,
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: '/',
    });
    try {
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      await once(child.stdout, 'data');
      const { status, err } = await run(path);
      expect([status, err]).toEqual([111, expect.stringContaining(`not root listens at`)]);
      await expect.poll(() => said).toContain('closed');
      expect(said).not.toContain('LHLO');
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  });

  test.each<[string, readonly string[], number]>([
    ['takes the message', [...upToData, '250 2.0.0 done'], 0],
    ['refuses the recipient', [...hello, '250 ok', '550 5.1.1 unknown'], 100],
    ['refuses the recipient as malformed', [...hello, '250 ok', '553 5.1.3 odd'], 100],
    ['refuses the message', [...upToData, '552 5.2.2 full'], 100],
    ['says the message is too large', [...hello, '552 5.3.4 too large'], 100],
    ['puts the recipient off', [...hello, '250 ok', '450 4.2.1 later'], 111],
    ['puts the message off', [...upToData, '451 4.3.0 later'], 111],
    ['does not serve', ['554 go away'], 111],
    ['refuses the sender', [...hello, '550 5.7.1 not you'], 111],
    ['does not know RCPT', [...hello, '250 ok', '500 5.5.1 what'], 111],
    ['goes in the middle of RCPT', [...hello, '250 ok', '421 4.3.2 bye'], 111],
    ['refuses DATA', [...hello, '250 ok', '250 ok', '554 5.5.1 no'], 111],
    ['closes at once', ['close'], 111],
    ['closes behind the recipient', [...hello, '250 ok', 'close'], 111],
    ['closes behind the message', [...upToData, 'close'], 111],
    ['answers the message with no reply', [...upToData, 'yes'], 111],
    ['answers the message with half a reply', [...upToData, '250-2.0.0 done\r\nclose'], 111],
    ['answers the message as if it was to go on', [...upToData, '354 go'], 111],
  ])('when the server %s', async (_, answers, status) => {
    const path = newPath();
    await using _server = await startScriptedLmtp(path, answers);
    expect((await run(path)).status).toBe(status);
  });

  test('never ends a message it could not read to its end', async () => {
    const path = newPath();
    await using server = await startScriptedLmtp(path, [...upToData, '250 2.0.0 done']);
    expect((await run(path, { input: 'ignore' })).status).toBe(111);
    expect(server.received()).toContain('DATA');
    expect(server.received()).not.toContain('\r\n.\r\n');
  });

  test('keeps the message for later when virtmaild is killed under it', async () => {
    await using server = await scene.start();
    const before = scene.messages('foo.bar.com', 'bob').length;
    const { status } = await run(server.path, {
      onStart: (_, write) => {
        write(`Subject: half\n\n${'x'.repeat(600_000)}`);
        setTimeout(() => server.signal('SIGKILL'), 700);
        setTimeout(() => write('more\n'.repeat(100_000)), 900);
      },
    });
    expect(status).toBe(111);
    expect(scene.messages('foo.bar.com', 'bob')).toHaveLength(before);
  });
});

/** Says when it listens, and what it hears. */
const listening = `
  const [, path] = process.argv;
  process.umask(0);
  net.createServer((socket) => {
    socket.write('220 here\\r\\n');
    socket.on('error', () => {});
    socket.on('data', (text) => process.stdout.write(String(text)));
    socket.on('close', () => process.stdout.write('closed'));
  }).listen(path, () => console.log('listening'));
`;
