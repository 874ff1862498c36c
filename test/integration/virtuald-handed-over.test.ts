import { closeSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listenLog } from '../support/dev-log.ts';
import { needs } from '../support/needs.ts';
import {
  findPort,
  makeServerScene,
  openListening,
  type ServerScene,
  waitFor,
} from '../support/start-virtuald.ts';
import { openClient, talk } from '../support/talk.ts';

describe.runIf(needs('root', { program: 'gcc' }))('virtuald with sockets of others', () => {
  let scene: ServerScene;
  let conf: string;
  const opened: number[] = [];
  const open = async () => {
    const found = await openListening();
    opened.push(found.fd);
    return found;
  };

  beforeAll(() => {
    scene = makeServerScene();
    scene.addTree('a.example');
    conf = scene.putConf('conf.one', ['default a.example']);
  });
  afterAll(() => {
    for (const fd of opened) closeSync(fd);
    scene[Symbol.dispose]();
  });

  const putToml = (name: string, services: Readonly<Record<string, string>>) =>
    scene.put(
      `${name}.toml`,
      [
        `status-socket = "${scene.base}/files/${name}.sock"`,
        ...Object.entries(services).map(
          ([service, word]) => `[service.${service}]\nconf = "${conf}"\nprogram = ["probe", "${word}"]\n`,
        ),
      ].join('\n'),
    );

  test('gives each service those that have its name, before and after it was away', async () => {
    const [ftp, pop, web] = [await open(), await open(), await open()];
    const file = putToml('named', { ftp: 'words', pop: 'hostname' });
    await using server = await scene.start(['--config', file], {
      sockets: [ftp, pop, web].map(({ fd }) => fd),
      env: { LISTEN_FDNAMES: 'ftp:pop:web' },
    });
    await server.until('a socket was handed over for web, and there is no such service');
    expect(await server.until(': serving ')).toContain(
      `ftp on 127.0.0.1:${ftp.port}, pop on 127.0.0.1:${pop.port}`,
    );
    expect(await talk(ftp.port)).toBe('probe\nwords\n');
    expect(await talk(pop.port)).toBe('a.example\n');
    putToml('named', { ftp: 'words', web: 'hostname' });
    server.signal('SIGHUP');
    await server.until('read again: ');
    expect(await talk(web.port)).toBe('a.example\n');
    expect(await talk(ftp.port)).toBe('probe\nwords\n');
    // Meanwhile its number may have become another's.
    const waiting = await openClient(pop.port);
    putToml('named', { pop: 'hostname', web: 'hostname' });
    server.signal('SIGHUP');
    await server.until('read again: ', 2);
    expect(await waiting.all()).toBe('a.example\n');
    expect(await talk(pop.port)).toBe('a.example\n');
  });

  test.each([undefined, 'virtuald.socket:virtuald.socket'])(
    'gives a service that is alone all of them, named %s',
    async (names) => {
      const [one, two] = [await open(), await open()];
      await using server = await scene.start([conf, 'probe', 'hostname'], {
        sockets: [one.fd, two.fd],
        ...(names && { env: { LISTEN_FDNAMES: names } }),
      });
      for (const { port } of [one, two]) expect(await talk(port)).toBe('a.example\n');
      expect(server.lines().filter((line) => line.includes('no such service'))).toEqual([]);
    },
  );

  test('hands none of them, nor what tells of them, to its services', async () => {
    const one = await open();
    const options = { sockets: [one.fd], env: { LISTEN_FDNAMES: 'x' } };
    await using _ = await scene.start([conf, 'witness', 'report'], options);
    const text = await talk(one.port);
    expect(text).not.toContain('LISTEN');
    expect(text.match(/^fd .*$/gmu)).toHaveLength(3);
  });

  test('serves the socket that inetd hands over as standard input, until it is told to end', async () => {
    const one = await open();
    const server = await scene.start([conf, 'witness', 'hold'], { stdin: one.fd });
    using client = await openClient(one.port);
    expect(await client.line()).toContain('a.example');
    server.signal('SIGTERM');
    await server.until('told to end');
    client.socket.end();
    expect(await server.ended).toBe(0);
  });

  test.runIf(needs({ program: 'systemd-socket-activate' }))(
    'serves under systemd-socket-activate',
    async () => {
      const port = await findPort();
      const names = ['VIRTFS_ROOT', 'VIRTFS_CONFIG_DIR', 'PATH'].flatMap((name) => ['-E', name]);
      const by = ['systemd-socket-activate', '-l', `127.0.0.1:${port}`, ...names];
      const starting = scene.start([conf, 'probe', 'hostname'], { by });
      // It starts the server when somebody comes.
      let first = '';
      await waitFor('the first answer', async () => {
        first = await talk(port, { end: false }).catch(() => '');
        return first !== '';
      });
      await using _ = await starting;
      expect(first).toBe('a.example\n');
      expect(await talk(port)).toBe('a.example\n');
    },
  );

  test('tells its manager when it is ready, reads again, and ends', async () => {
    using manager = listenLog(join(scene.base, 'files/notify'));
    const port = await findPort();
    const words = ['--listen', String(port), conf, 'probe', 'hostname'];
    const server = await scene.start(words, { env: { NOTIFY_SOCKET: manager.path } });
    await waitFor('READY', () => manager.lines().length === 1);
    expect(manager.lines()).toEqual(['READY=1']);
    // Whoever is told so may connect at once.
    expect(await talk(port)).toBe('a.example\n');
    server.signal('SIGHUP');
    await waitFor('READY again', () => manager.lines().length === 3);
    expect(manager.lines().slice(1)).toEqual([
      expect.stringMatching(/^RELOADING=1\nMONOTONIC_USEC=\d+$/u),
      'READY=1',
    ]);
    const told = Number(/\d+$/u.exec(manager.lines()[1] ?? '')?.[0]);
    expect(Math.abs(Number(process.hrtime.bigint() / 1000n) - told)).toBeLessThan(600e6);
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    await waitFor('STOPPING', () => manager.lines().includes('STOPPING=1'));
  });

  test('says what systemd must be told, where it hands over a connection', async () => {
    await expect(
      scene.start([conf, 'probe', 'hostname'], {
        by: ['sh', '-c', 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3</dev/null', 'sh'],
      }),
    ).rejects.toThrow('descriptor 3 is no socket that waits for connections');
  });
});
