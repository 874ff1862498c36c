import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { findPort, makeServerScene, type ServerScene, waitFor } from '../support/start-virtuald.ts';
import { type Client, openClient, talk } from '../support/talk.ts';

const refusal = String.raw`421 busy\r\n`;
const busy = '421 busy\r\n';

describe.runIf(needs('root', { program: 'gcc' }))('virtuald --listen, as its policy says,', () => {
  let scene: ServerScene;
  let conf: string;
  const serve = async (words: readonly string[], ...flags: readonly string[]) => {
    const port = await findPort();
    const all = ['--listen', String(port), '--refusal', refusal, ...flags, conf, ...words];
    const server = await scene.start(all);
    return { port, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  };
  const hold = async (port: number, more: Parameters<typeof openClient>[1] = {}): Promise<Client> => {
    const client = await openClient(port, more);
    await client.line();
    return client;
  };

  beforeAll(() => {
    scene = makeServerScene();
    scene.addTree('a.example');
    scene.addTree('b.example');
    conf = scene.putConf('conf.two', ['127.0.0.1 a.example', '127.0.0.2 b.example']);
  });
  afterAll(() => scene[Symbol.dispose]());

  test('serves so many of a domain at once, refuses more with its line, and serves again when one has ended', async () => {
    await using served = await serve(['witness', 'hold'], '--max', '2');
    using first = await hold(served.port);
    using second = await hold(served.port);
    expect(await talk(served.port)).toBe(busy);
    // Another domain has its own.
    using other = await hold(served.port, { to: '127.0.0.2' });
    first.socket.end();
    await served.server.untilTotal(({ ended }) => ended === 1);
    using third = await hold(served.port);
    expect([second, third, other].map((client) => client.got().split(' ')[0])).toEqual([
      'a.example',
      'a.example',
      'b.example',
    ]);
    expect(await served.server.total()).toMatchObject({ running: 3, started: 4, refused: { max: 1 } });
    await served.server.until('refused 127.0.0.1 for a.example (max)');
  });

  test('serves so many of all domains, and so many of one source', async () => {
    await using total = await serve(['witness', 'hold'], '--max-total', '2');
    using one = await hold(total.port);
    using two = await hold(total.port, { to: '127.0.0.2' });
    expect(await talk(total.port)).toBe(busy);
    expect(await total.server.total()).toMatchObject({ running: 2, refused: { 'max-total': 1 } });
    await using each = await serve(['witness', 'hold'], '--max-per-source', '1');
    using mine = await hold(each.port);
    expect(await talk(each.port, { to: '127.0.0.2' })).toBe(busy);
    using yours = await hold(each.port, { from: '127.0.0.3' });
    expect(await each.server.total()).toMatchObject({ running: 2, refused: { 'max-per-source': 1 } });
    for (const client of [one, two, mine, yours]) expect(client.got()).not.toBe('');
  });

  test('starts so many a minute, whether they still run or not', async () => {
    await using served = await serve(['witness', 'exit', '0'], '--per-minute', '3');
    for (const _ of [1, 2, 3]) expect(await talk(served.port)).toBe('');
    expect(await talk(served.port)).toBe(busy);
    expect(await talk(served.port, { to: '127.0.0.2' })).toBe('');
    expect(await served.server.total()).toMatchObject({ started: 4, refused: { 'per-minute': 1 } });
  });

  test('lets so many wait, in the order of their coming, and sends those away who wait too long or in vain', async () => {
    await using served = await serve(
      ['witness', 'hold'],
      '--max',
      '1',
      '--queue',
      '3',
      '--queue-time',
      '120',
    );
    const total = (waiting: number) => served.server.untilTotal((counts) => counts.waiting === waiting);
    using first = await hold(served.port);
    const waiting: Client[] = [];
    for (const count of [1, 2, 3]) {
      waiting.push(await openClient(served.port));
      await total(count);
    }
    expect(await talk(served.port)).toBe(busy);
    const [second, third, fourth] = waiting;
    // Gone before his turn. One who only has nothing more to say is still there.
    third?.socket.resetAndDestroy();
    await total(2);
    fourth?.socket.end();
    first.socket.end();
    expect(await second?.line()).toContain('a.example');
    expect(fourth?.got()).toBe('');
    second?.socket.end();
    expect(await fourth?.line()).toContain('a.example');
    await served.server.untilTotal(({ ended }) => ended === 3);
    expect(await served.server.total()).toMatchObject({
      started: 3,
      left: 1,
      waiting: 0,
      refused: { 'queue-full': 1 },
    });
    await using short = await serve(['witness', 'hold'], '--max', '1', '--queue', '3', '--queue-time', '0.5');
    using held = await hold(short.port);
    expect(await talk(short.port)).toBe(busy);
    expect(held.got()).not.toBe('');
    expect(await short.server.total()).toMatchObject({ refused: { 'queue-time': 1 } });
  });

  test('lets in and keeps out by network', async () => {
    await using served = await serve(
      ['witness', 'exit', '0'],
      '--allow',
      '127.0.0.0/24',
      '--deny',
      '127.0.0.9',
    );
    expect(await talk(served.port)).toBe('');
    expect(await talk(served.port, { from: '127.0.0.9' })).toBe(busy);
    expect(await talk(served.port, { from: '127.0.1.1' })).toBe(busy);
    expect(await served.server.total()).toMatchObject({ started: 1, refused: { denied: 2 } });
  });

  test('goes by what is said for one domain of a service', async () => {
    const port = await findPort();
    const file = scene.put(
      'policy.toml',
      `status-socket = "${scene.base}/files/policy.sock"
[service.one]
listen = ["${port}"]
conf = "${conf}"
program = ["witness", "hold"]
max = 1
refusal = "one\\n"
[service.one.domain."b.example"]
max = 2
refusal = "two\\n"
`,
    );
    await using _ = await scene.start(['--config', file]);
    using a = await hold(port);
    expect(await talk(port)).toBe('one\n');
    using b = await hold(port, { to: '127.0.0.2' });
    using c = await hold(port, { to: '127.0.0.2' });
    expect(await talk(port, { to: '127.0.0.2' })).toBe('two\n');
    for (const client of [a, b, c]) expect(client.got()).not.toBe('');
  });

  test.each([
    ['root', []],
    ['another user', ['--user', 'www-data']],
  ])('ends the service of %s that is silent for too long, and not one that talks', async (_, flags) => {
    await using served = await serve(['probe', 'copy'], '--idle', '2', ...flags);
    const silent = await openClient(served.port);
    const talking = await openClient(served.port);
    const words = setInterval(() => talking.socket.write('x'), 300);
    expect(await silent.all()).toBe('a.example\n');
    expect(await served.server.until('for as long as idle allows')).toMatch(/ended: signal 15, .* s \(/u);
    expect(await served.server.total()).toMatchObject({ running: 1, ended: 1 });
    clearInterval(words);
    talking.socket.end();
    expect(await talking.all()).toMatch(/^a\.example\nxx/u);
  });

  test('ends what runs for too long: by TERM, and by KILL where that does nothing, with the children', async () => {
    await using plain = await serve(['witness', 'wait'], '--total', '1');
    await talk(plain.port, { end: false });
    await plain.server.until('ended: signal 15');
    await using stubborn = await serve(['witness', 'family', '1'], '--total', '1');
    await using orphaning = await serve(['witness', 'family', '0'], '--total', '1');
    for (const [served, signal] of [
      [stubborn, 9],
      [orphaning, 15],
    ] as const) {
      using client = await openClient(served.port);
      const [child = '', parent = ''] = (await client.line()).split(' ');
      expect(existsSync(`/proc/${child}`)).toBe(true);
      await served.server.until(`pid ${parent} ended: signal ${signal}`);
      expect(await served.server.until('longer than total allows')).toContain('witness a.example');
      await waitFor('the end of the child', () => !existsSync(`/proc/${child}`));
    }
  });

  test('tells what runs for too long, and its children, to end before it kills them', async () => {
    await using served = await serve(['witness', 'nurse'], '--total', '1');
    await talk(served.port, { end: false });
    // By itself, once its child had heard TERM.
    await served.server.until('ended: status 7');
  });

  test('keeps its counts right while services come and go', async () => {
    await using served = await serve(
      ['witness', 'hold'],
      '--max',
      '3',
      '--queue',
      '2',
      '--queue-time',
      '100',
    );
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const client = await openClient(served.port, { to: index % 3 === 0 ? '127.0.0.2' : '127.0.0.1' });
        await client.line();
        if (index % 4 === 0) client.socket.resetAndDestroy();
        else client.socket.end();
        await client.all();
      }),
    );
    await served.server.untilTotal(({ running, waiting }) => running + waiting === 0);
    const { started, ended, failed, left, refused } = await served.server.total();
    const sum = (counts: Readonly<Record<string, number>>) =>
      Object.values(counts).reduce((a, b) => a + b, 0);
    expect(started + left + sum(refused)).toBe(60);
    expect({ ended, failed }).toEqual({ ended: started, failed: 0 });
  });
});
