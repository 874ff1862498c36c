import { chmodSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { describeConf, findPort, makeServerScene, type ServerScene } from '../support/start-virtuald.ts';
import { talk } from '../support/talk.ts';

describe.runIf(needs('root', { program: 'gcc' }))('virtuald --listen, for its file of addresses,', () => {
  let scene: ServerScene;

  beforeAll(() => {
    scene = makeServerScene();
    for (const name of ['a', 'b', 'c']) scene.addTree(`${name}.example`);
    symlinkSync('c.example', join(scene.root.path, 'alias.example'));
  });
  afterAll(() => scene[Symbol.dispose]());

  test('finds the domain by IPv4 and IPv6, several addresses to a tree, aliases and default', async () => {
    const lines = ['127.0.0.1 a.example', '127.0.0.2 b.example', '127.0.0.3 b.example', '::1 b.example'];
    const conf = scene.putConf('conf.all', [...lines, '127.0.0.4 alias.example', 'default c.example']);
    const port = await findPort();
    await using _ = await scene.start(['--listen', String(port), conf, 'probe', 'hostname']);
    // The socket is of IPv6: to the kernel all addresses of IPv4 are v4-mapped.
    const found = [];
    for (const to of ['127.0.0.1', '127.0.0.2', '127.0.0.3', '::1', '127.0.0.4', '127.0.0.5'])
      found.push([to, await talk(port, { to })]);
    expect(found).toEqual([
      ['127.0.0.1', 'a.example\n'],
      ['127.0.0.2', 'b.example\n'],
      ['127.0.0.3', 'b.example\n'],
      ['::1', 'b.example\n'],
      ['127.0.0.4', 'c.example\n'],
      ['127.0.0.5', 'c.example\n'],
    ]);
  });

  test('listens where it was told, and nowhere else', async () => {
    const conf = scene.putConf('conf.where', ['default a.example']);
    const [four, six] = [await findPort(), await findPort()];
    const words = ['--listen', `127.0.0.2:${four}`, '--listen', `[::1]:${six}`];
    await using _ = await scene.start([...words, conf, 'probe', 'hostname']);
    expect(await talk(four, { to: '127.0.0.2' })).toBe('a.example\n');
    expect(await talk(six, { to: '::1' })).toBe('a.example\n');
    await expect(talk(four)).rejects.toThrow('ECONNREFUSED');
    await expect(talk(six)).rejects.toThrow('ECONNREFUSED');
  });

  test('closes and counts those who come to an address without a line', async () => {
    const conf = scene.putConf('conf.some', ['127.0.0.1 a.example']);
    const port = await findPort();
    const words = [
      '--listen',
      String(port),
      '--refusal',
      String.raw`421 nobody\r\n`,
      conf,
      'probe',
      'hostname',
    ];
    await using server = await scene.start(words);
    expect(await talk(port, { to: '127.0.0.9' })).toBe('421 nobody\r\n');
    await server.until('127.0.0.9 has no line');
    expect(await talk(port)).toBe('a.example\n');
    const { services } = await server.status();
    expect(services[0]?.domains.at(-1)).toMatchObject({ refused: { 'no-tree': 1 }, started: 0 });
  });

  test('reads the file again when it changes, and keeps the old table while the new one has mistakes', async () => {
    const conf = scene.putConf('conf.changing', ['127.0.0.1 a.example']);
    const port = await findPort();
    await using server = await scene.start(['--listen', String(port), conf, 'probe', 'hostname']);
    const untilAt = async (domain: string) => {
      for (const end = performance.now() + 45_000; performance.now() < end; )
        if ((await talk(port)) === `${domain}\n`) return;
      throw new Error(`never at ${domain}`);
    };
    expect(await talk(port)).toBe('a.example\n');
    scene.putConf('conf.changing', ['127.0.0.1 b.example']);
    await untilAt('b.example');
    scene.putConf('conf.changing', ['127.0.0.1 c.example', 'nonsense x.example', '127.0.0.2']);
    await server.until('conf.changing, line 2:');
    await server.until('conf.changing, line 3:');
    expect(await talk(port)).toBe('b.example\n');
    expect((await server.status()).services[0]?.complaints).toHaveLength(2);
    rmSync(conf);
    await server.until('conf.changing is not there');
    expect(await talk(port)).toBe('b.example\n');
    // In one step, as virtfs does it.
    scene.putConf('conf.next', ['127.0.0.1 a.example']);
    renameSync(join(scene.base, 'files/conf.next'), conf);
    await untilAt('a.example');
    expect((await server.status()).services[0]?.complaints).toEqual([]);
  });

  test('reads aliases again upon HUP, and does not take a file that others may write', async () => {
    const link = join(scene.root.path, 'moving.example');
    symlinkSync('a.example', link);
    const conf = scene.putConf('conf.alias', ['127.0.0.1 moving.example']);
    const port = await findPort();
    await using server = await scene.start(['--listen', String(port), conf, 'probe', 'hostname']);
    expect(await talk(port)).toBe('a.example\n');
    rmSync(link);
    symlinkSync('b.example', link);
    server.signal('SIGHUP');
    await server.until('read again: ');
    expect(await talk(port)).toBe('b.example\n');
    writeFileSync(conf, describeConf(scene.root.path, ['127.0.0.1 c.example']));
    chmodSync(conf, 0o666);
    server.signal('SIGHUP');
    await server.until('read again: ', 2);
    await server.until(`${conf}`);
    expect(await talk(port)).toBe('b.example\n');
  });
});
