import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { findPort, makeServerScene, type ServerScene, waitFor } from '../support/start-virtuald.ts';
import { openClient, talk } from '../support/talk.ts';

describe.runIf(needs('root', { program: 'gcc' }))('virtuald --listen, told to end,', () => {
  let scene: ServerScene;
  let conf: string;
  const serve = async (words: readonly string[], ...flags: readonly string[]) => {
    const port = await findPort();
    const server = await scene.start(['--listen', String(port), ...flags, conf, ...words]);
    return { port, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  };

  beforeAll(() => {
    scene = makeServerScene();
    scene.addTree('a.example');
    conf = scene.putConf('conf.one', ['default a.example']);
  });
  afterAll(() => scene[Symbol.dispose]());

  test('takes no more connections, waits for those it has, and ends well', async () => {
    await using served = await serve(['witness', 'hold'], '--grace', '600', '--max', '2', '--queue', '5');
    const { server, port } = served;
    using first = await openClient(port);
    using second = await openClient(port);
    for (const client of [first, second]) await client.line();
    using waiting = await openClient(port);
    await server.untilTotal((total) => total.waiting === 1);
    server.signal('SIGTERM');
    await server.until('told to end: waiting');
    // Who waits will not have his turn any more.
    expect(await waiting.all()).toBe('');
    await expect(talk(port)).rejects.toThrow('ECONNREFUSED');
    // It can be asked all the time, and told to read its files, which it does not.
    expect((await server.status()).services[0]?.listen).toEqual([`[::]:${port}`]);
    server.signal('SIGHUP');
    scene.putConf('conf.one', ['nonsense a.example']);
    // As long as it would take to see that.
    await sleep(1500);
    first.socket.end();
    await server.until('ended: status 0');
    expect(existsSync(`/proc/${server.pid}`)).toBe(true);
    second.socket.end();
    expect(await server.ended).toBe(0);
    await server.until(': ended');
    expect(existsSync(server.socket)).toBe(false);
    expect(server.lines().filter((line) => /read again|nonsense/u.test(line))).toEqual([]);
    scene.putConf('conf.one', ['default a.example']);
    expect(server.err()).toBe('');
  });

  test('ends what runs after its grace: by TERM, and by KILL what does not mind that', async () => {
    await using served = await serve(['witness', 'wait'], '--grace', '1');
    await using stubborn = await serve(['witness', 'family', '1'], '--grace', '0');
    const [plain, child] = [await openClient(served.port), await openClient(stubborn.port)];
    const pids = [await plain.line(), ...(await child.line()).split(' ')];
    for (const { server } of [served, stubborn]) server.signal('SIGTERM');
    expect(await served.server.ended).toBe(0);
    await served.server.until('ended: signal 15');
    await served.server.until('(virtuald was told to end)');
    expect(await stubborn.server.ended).toBe(0);
    await stubborn.server.until('ended: signal 9');
    for (const pid of pids) await waitFor(`the end of ${pid}`, () => !existsSync(`/proc/${pid}`));
  });

  test('ends what runs at once when it is told again', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      await using served = await serve(['witness', 'wait'], '--grace', '80000');
      using client = await openClient(served.port);
      await client.line();
      served.server.signal(signal);
      await served.server.until('told to end: waiting');
      served.server.signal(signal);
      await served.server.until('told to end at once');
      expect(await served.server.ended).toBe(0);
    }
  });

  test('does not wait for clients that never say what they must say first', async () => {
    await using served = await serve(['witness', 'hold'], '--sni', '--hello', '3600', '--grace', '1');
    using silent = await openClient(served.port);
    await talk(served.port);
    await served.server.untilTotal(({ refused }) => refused.hello === 1);
    served.server.signal('SIGTERM');
    expect(await served.server.ended).toBe(0);
    expect(await silent.all()).toBe('');
    await served.server.until('virtuald was told to end (hello)');
  });

  test('ends at once where nothing runs, and no process is left', async () => {
    const served = await serve(['probe', 'hostname']);
    expect(await talk(served.port)).toBe('a.example\n');
    served.server.signal('SIGTERM');
    expect(await served.server.ended).toBe(0);
  });
});
