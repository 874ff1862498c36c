import { once } from 'node:events';
import { chmodSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { opensslWithName } from '../support/client-hellos.ts';
import { needs } from '../support/needs.ts';
import {
  findPort,
  makeServerScene,
  type ServerScene,
  type Virtuald,
  waitFor,
} from '../support/start-virtuald.ts';
import { openClient, talk } from '../support/talk.ts';

/** What a service of the file says. */
interface Table {
  readonly listen: number | string;
  readonly program?: readonly string[];
  readonly more?: string;
}

describe.runIf(needs('root', { program: 'gcc' }))('virtuald --config, upon HUP,', () => {
  let scene: ServerScene;
  let conf: string;
  let count = 0;
  const describeToml = (services: Readonly<Record<string, Table>>) =>
    [
      `status-socket = "${scene.base}/files/reload.sock.${count}"`,
      ...Object.entries(services).flatMap(([name, { listen, program = ['witness', 'hold'], more = '' }]) => [
        `[service.${name}]`,
        `conf = "${conf}"`,
        `listen = [${JSON.stringify(String(listen))}]`,
        `program = ${JSON.stringify(program)}`,
        more,
      ]),
    ].join('\n');
  const put = (services: Readonly<Record<string, Table>>) =>
    scene.put(`reload.${count}.toml`, describeToml(services));
  const start = async (services: Readonly<Record<string, Table>>) => {
    count += 1;
    return await scene.start(['--config', put(services)], {
      socket: `${scene.base}/files/reload.sock.${count}`,
    });
  };
  const reload = async (server: Virtuald, text = 'read again: ') => {
    const before = server.lines().filter((line) => line.includes(text)).length;
    server.signal('SIGHUP');
    return await server.until(text, before + 1);
  };

  beforeAll(() => {
    scene = makeServerScene();
    scene.addTree('a.example');
    conf = scene.putConf('conf.one', ['default a.example']);
  });
  afterAll(() => scene[Symbol.dispose]());

  test('opens new sockets, closes those that are gone, and leaves running connections alone', async () => {
    const [first, second] = [await findPort(), await findPort()];
    await using server = await start({ one: { listen: first } });
    using held = await openClient(first);
    await held.line();
    put({ one: { listen: first }, two: { listen: second } });
    expect(await reload(server)).toContain(`one on [::]:${first}, two on [::]:${second}`);
    using other = await openClient(second);
    expect(await other.line()).toContain('a.example');
    put({ two: { listen: second } });
    await reload(server);
    await waitFor(
      'the end of the socket',
      () =>
        openClient(first).then(
          (client) => client[Symbol.dispose](),
          (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
        ) as Promise<boolean>,
    );
    expect((await server.status()).services.map(({ name }) => name)).toEqual(['two']);
    held.socket.end();
    await server.until('one a.example 127.0.0.1 pid');
    // And back, by another service.
    put({ three: { listen: first }, two: { listen: second } });
    await reload(server);
    using again = await openClient(first);
    expect(await again.line()).toContain('a.example');
    expect(await server.total('two')).toMatchObject({ running: 1 });
    expect(await server.total('three')).toMatchObject({ running: 1 });
  });

  test('serves to the end who came to a service that is gone before he has said his name', async () => {
    const port = await findPort();
    const server = await start({ one: { listen: port, more: 'sni = true' } });
    using slow = await openClient(port, { say: opensslWithName.subarray(0, 50) });
    using held = await openClient(port, { say: opensslWithName });
    await held.line();
    put({ two: { listen: await findPort() } });
    await reload(server);
    held.socket.end();
    await server.until('ended: status 0');
    slow.socket.write(opensslWithName.subarray(50));
    const [domain, pid] = (await slow.line()).split(' ');
    expect(domain).toBe('a.example');
    // And when all is to end it is not forgotten.
    for (const times of [1, 2]) {
      server.signal('SIGTERM');
      await server.until('told to end', times);
    }
    expect(await server.ended).toBe(0);
    await server.until(`pid ${pid} ended: signal 15`);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  test('lets those who wait start as the file is now, and those who come after them too', async () => {
    const port = await findPort();
    const more = (max: number, user: string) => `max = ${max}\nqueue = 5\nuser = "${user}"`;
    await using server = await start({ one: { listen: port, more: more(1, 'root') } });
    using held = await openClient(port);
    await held.line();
    using waiting = await openClient(port);
    await server.untilTotal((total) => total.waiting === 1);
    put({ one: { listen: port, program: ['witness', 'report'], more: more(3, 'www-data') } });
    await reload(server);
    expect(await waiting.all()).toContain('user 33 ');
    expect(await talk(port)).toContain('user 33 ');
  });

  test('lets those who wait start as the file is now, one by one', async () => {
    const port = await findPort();
    const more = (user: string) => `max = 1\nqueue = 5\nuser = "${user}"`;
    await using server = await start({ one: { listen: port, more: more('root') } });
    using held = await openClient(port);
    await held.line();
    using waiting = await openClient(port);
    await server.untilTotal((total) => total.waiting === 1);
    put({ one: { listen: port, program: ['witness', 'report'], more: more('www-data') } });
    await reload(server);
    held.socket.end();
    expect(await waiting.all()).toContain('user 33 ');
    expect(await talk(port)).toContain('user 33 ');
  });

  test('keeps what it has while the file has mistakes, is gone, or may be written by others', async () => {
    const port = await findPort();
    await using server = await start({ one: { listen: port, program: ['probe', 'hostname'] } });
    const file = scene.put(`reload.${count}.toml`, '[service.one]\nmax = "many"\nmaximum = 7\n');
    const line = await reload(server, 'what was read before holds');
    for (const text of ['service.one.max', 'maximum', 'no program']) expect(line).toContain(text);
    expect(await talk(port)).toBe('a.example\n');
    put({ two: { listen: await findPort() } });
    chmodSync(file, 0o666);
    await reload(server, 'what was read before holds');
    expect(await talk(port)).toBe('a.example\n');
    expect((await server.status()).services.map(({ name }) => name)).toEqual(['one']);
  });

  test('keeps what it has where a socket cannot be had, and goes on to read files of addresses', async () => {
    scene.addTree('b.example');
    const [port, fresh, taken] = [await findPort(), await findPort(), await findPort()];
    const other = createServer().listen(taken, '127.0.0.1');
    await once(other, 'listening');
    await using server = await start({ one: { listen: port, program: ['probe', 'hostname'] } });
    put({ one: { listen: port }, new: { listen: fresh }, two: { listen: `127.0.0.1:${taken}` } });
    expect(await reload(server, 'what was read before holds')).toContain(
      `cannot listen on 127.0.0.1:${taken} for two: another program listens there`,
    );
    // Half of it is nothing.
    await expect(talk(fresh)).rejects.toThrow('ECONNREFUSED');
    expect(await talk(port)).toBe('a.example\n');
    scene.putConf('conf.one', ['default b.example']);
    await waitFor('the new table', async () => (await talk(port)) === 'b.example\n');
    scene.putConf('conf.one', ['default a.example']);
    other.close();
    await once(other, 'close');
    await reload(server);
    using client = await openClient(fresh);
    expect(await client.line()).toContain('a.example');
  });

  test('does not lose a connection, however often it comes', async () => {
    const port = await findPort();
    await using server = await start({ one: { listen: port, program: ['probe', 'hostname'] } });
    let isOver = false;
    const signals = (async () => {
      while (!isOver) await reload(server);
    })();
    for (let round = 0; round < 10; round++) {
      const got = await Promise.all(Array.from({ length: 10 }, () => talk(port, { end: false })));
      expect(new Set(got)).toEqual(new Set(['a.example\n']));
    }
    isOver = true;
    await signals;
    expect(await server.total()).toMatchObject({ started: 100, failed: 0, refused: {} });
  });
});
