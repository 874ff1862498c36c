import { once } from 'node:events';
import { chmodSync, existsSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { greetLmtp, talkLmtp } from '../support/lmtp-talk.ts';
import { needs } from '../support/needs.ts';
import { type MailScene, makeMailScene } from '../support/start-virtmaild.ts';
import { findPort, listenFor } from '../support/start-virtuald.ts';

describe.runIf(needs('root'))('virtmaild, where it listens,', () => {
  let scene: MailScene;

  beforeAll(() => {
    scene = makeMailScene();
    scene.addTree('foo.example');
  });
  afterAll(() => scene[Symbol.dispose]());

  test('serves root and trusted users at a UNIX socket, and says in the log whom else it turned away', async () => {
    scene.set('trusted-users = ["60001"]\nsocket-group = "60002"\n');
    await using server = await scene.start();
    const { mode, uid, gid } = statSync(server.path);
    expect([mode & 0o777, uid, gid]).toEqual([0o660, 0, 60_002]);
    // Anyone may connect: only who it is counts then.
    chmodSync(server.path, 0o666);
    using trusted = await talkLmtp(server, { uid: 60_001, gid: 60_001 });
    expect((await trusted.answer()).code).toBe(220);
    using stranger = await talkLmtp(server, { uid: 60_003, gid: 60_002 });
    expect(await stranger.answers(1)).toEqual(['421 4.3.2']);
    await stranger.closed;
    await server.until('client uid 60003 pid');
    using root = await greetLmtp(server);
    expect(await root.ask('NOOP')).toBe('250 2.0.0');
  });

  test('serves a loopback address when asked', async () => {
    scene.set('');
    const port = await findPort();
    await using server = await scene.start(['--listen', `127.0.0.1:${port}`, '--listen', `[::1]:${port}`]);
    for (const host of ['127.0.0.1', '::1']) {
      using talk = await greetLmtp({ host, port });
      expect(await talk.ask('NOOP')).toBe('250 2.0.0');
    }
    expect(server.lines()[0]).toContain(`on 127.0.0.1:${port}, [::1]:${port}`);
  });

  test.each(['192.0.2.1:2424', '0.0.0.0:2424', '[::]:2424', '[2001:db8::1]:2424'])(
    'refuses %s, unless it is told that others may reach it',
    async (place) => {
      scene.set('');
      await using refused = await scene.start(['--listen', place], { fails: true });
      expect(await refused.ended).toBe(65);
      expect(refused.err()).toContain(`other machines can reach ${place}`);
    },
  );

  test('listens on every address with allow-remote', async () => {
    const port = await findPort();
    scene.set(`allow-remote = true\nlisten = ["0.0.0.0:${port}"]\n`);
    await using server = await scene.start(['--listen', `0.0.0.0:${port}`]);
    using talk = await greetLmtp({ host: '127.0.0.1', port });
    expect(await talk.ask('NOOP')).toBe('250 2.0.0');
    expect(server.lines()[0]).toContain(`0.0.0.0:${port}`);
  });

  test('takes the sockets systemd hands over in place of its own', async () => {
    scene.set('');
    const unix = createServer().listen(join(scene.base, 'handed'));
    await once(unix, 'listening');
    const { server: tcp, port } = await listenFor();
    await using server = await scene.start([], { sockets: [unix, tcp] });
    // Ours are closed, for we would accept as well; the name of one would go with it.
    const path = join(scene.base, 'renamed');
    renameSync(join(scene.base, 'handed'), path);
    unix.close();
    tcp.close();
    for (const place of [{ path }, { host: '127.0.0.1', port }]) {
      using talk = await greetLmtp(place);
      expect(await talk.ask('NOOP')).toBe('250 2.0.0');
    }
    expect(server.lines()[0]).toContain('on 2 handed over');
  });

  test('refuses a handed-over socket that other machines can reach', async () => {
    scene.set('');
    const tcp = createServer().listen(0, '0.0.0.0');
    await once(tcp, 'listening');
    await using refused = await scene.start([], { sockets: [tcp], fails: true });
    expect(await refused.ended).toBe(69);
    expect(refused.err()).toContain('other machines can reach it');
    tcp.close();
  });

  test('takes the place of one that was killed, and not of one that runs or of a file', async () => {
    scene.set('');
    const path = join(scene.base, 'place');
    const words = ['--listen', `unix:${path}`];
    const first = await scene.start(words);
    await using second = await scene.start(words, { fails: true });
    expect(await second.ended).toBe(69);
    expect(second.err()).toContain('another program listens there');
    first.signal('SIGKILL');
    await first.ended;
    expect(existsSync(path)).toBe(true);
    const third = await scene.start(words);
    using talk = await greetLmtp({ path });
    expect(await talk.ask('NOOP')).toBe('250 2.0.0');
    third.signal('SIGTERM');
    expect(await third.ended).toBe(0);
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, 'a file');
    await using fourth = await scene.start(words, { fails: true });
    expect(await fourth.ended).toBe(69);
    expect(existsSync(path)).toBe(true);
  });

  test('says every mistake of its settings, and does not begin', async () => {
    scene.set(
      'lissen = 1\nmax-size = 1\nidle = "x"\nlisten = ["here", "192.0.2.1:24"]\ntrusted-users = ["a b"]\n',
    );
    await using refused = await scene.start(['--check'], { fails: true });
    expect(await refused.ended).toBe(78);
    for (const text of [
      "'lissen' is no setting, perhaps listen is meant",
      'max-size must',
      'idle must',
      'trusted-users.0 must',
    ])
      expect(refused.err()).toContain(text);
    scene.set('trusted-users = ["no-such-user-here"]\n');
    await using unknown = await scene.start([], { fails: true });
    expect(await unknown.ended).toBe(67);
  });
});
