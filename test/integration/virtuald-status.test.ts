import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getFromSocket } from '../support/ask-status.ts';
import { needs } from '../support/needs.ts';
import { virtualdScript } from '../support/one-shot-scene.ts';
import { reachCheckout } from '../support/reach-checkout.ts';
import { readMetrics } from '../support/read-metrics.ts';
import { runAlone } from '../support/run-alone.ts';
import { findPort, makeServerScene, type ServerScene } from '../support/start-virtuald.ts';
import { openClient, talk } from '../support/talk.ts';

describe.runIf(needs('root', { program: 'gcc' }))('virtuald --status', () => {
  let scene: ServerScene;
  let conf: string;
  const serve = async (flags: readonly string[] = [], word = 'hold') => {
    const port = await findPort();
    const server = await scene.start(['--listen', String(port), ...flags, conf, 'witness', word]);
    return { port, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  };
  const ask = (socket: string, ...words: readonly string[]) =>
    runAlone([process.execPath, virtualdScript, '--status', '--status-socket', socket, ...words], {
      env: { VIRTFS_CONFIG_DIR: '/nonexistent' },
    });

  beforeAll(() => {
    scene = makeServerScene();
    scene.addTree('a.example');
    scene.addTree('b.example');
    conf = scene.putConf('conf.two', ['127.0.0.1 a.example', '127.0.0.2 b.example']);
  });
  afterAll(() => scene[Symbol.dispose]());

  test('shows by service and domain what runs, what was refused and by which rule', async () => {
    await using served = await serve(['--max', '1', '--name', 'ftp']);
    using first = await openClient(served.port);
    await first.line();
    await talk(served.port);
    expect(await talk(served.port, { to: '127.0.0.2' })).toContain('b.example');
    await talk(served.port, { to: '127.0.0.3' });
    await served.server.untilTotal(({ ended }) => ended === 1);
    const { status, out, err } = await ask(served.server.socket);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const rows = out.split('\n').map((line) => line.trim().split(/ {2,}/u));
    expect(rows).toContainEqual(['ftp', 'a.example', '1', '0', '1', '1', '0', 'max 1']);
    expect(rows).toContainEqual(['ftp', 'b.example', '0', '0', '1', '0', '0']);
    expect(out).toContain('no-tree 1');
    const json = JSON.parse((await ask(served.server.socket, '--json')).out) as {
      services: { name: string; listen: string[]; total: unknown; domains: { domain?: string }[] }[];
    };
    expect(json).toMatchObject({ pid: served.server.pid, since: expect.any(Number) });
    expect(json.services).toMatchObject([
      {
        name: 'ftp',
        listen: [`[::]:${served.port}`],
        total: { running: 1, started: 2, ended: 1, failed: 0, refused: { max: 1, 'no-tree': 1 } },
      },
    ]);
    expect(json.services[0]?.domains.map(({ domain }) => domain)).toEqual([
      'a.example',
      'b.example',
      undefined,
    ]);
  });

  test('gives metrics as Prometheus reads them', async () => {
    await using served = await serve(['--max', '1']);
    using first = await openClient(served.port);
    await first.line();
    await talk(served.port);
    const { out, status } = await ask(served.server.socket, '--metrics');
    expect(status).toBe(0);
    const families = readMetrics(out);
    expect(families.get('virtuald_connections_running')).toEqual({
      type: 'gauge',
      samples: [['virtuald_connections_running{service="witness",domain="a.example"}', 1]],
    });
    expect(families.get('virtuald_connections_refused_total')).toEqual({
      type: 'counter',
      samples: [['virtuald_connections_refused_total{service="witness",domain="a.example",rule="max"}', 1]],
    });
    const answer = await getFromSocket(served.server.socket, '/metrics');
    expect(answer).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4' });
    expect(await getFromSocket(served.server.socket, '/else')).toMatchObject({ status: 404 });
  });

  test('is for root alone', async () => {
    await using served = await serve();
    const { mode, uid } = statSync(served.server.socket);
    expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o600, uid: 0 });
    using checkout = reachCheckout();
    const words = [checkout.at(process.execPath), checkout.at(virtualdScript), '--status'];
    const { status, err } = await runAlone([...words, '--status-socket', served.server.socket], {
      uid: 70_001,
      env: { VIRTFS_CONFIG_DIR: '/nonexistent' },
    });
    expect(status).toBe(77);
    expect(err).toContain('only root may');
  });

  test('says that nobody answers, where nobody does', async () => {
    const { status, err } = await ask(join(scene.base, 'files/nobody'));
    expect(status).toBe(69);
    expect(err).toContain('there is no such socket');
  });

  test('is answered by a server that was started anew, although the last one was killed', async () => {
    const path = join(scene.base, 'files/stale');
    const words = async () => ['--status-socket', path, '--listen', String(await findPort()), conf, 'probe'];
    const killed = await scene.start(await words(), { socket: path });
    killed.signal('SIGKILL');
    await killed.ended;
    expect(statSync(path).isSocket()).toBe(true);
    await using server = await scene.start(await words(), { socket: path });
    expect((await server.status()).pid).toBe(server.pid);
  });

  test('is left to the server that has it, and to whatever else stands there', async () => {
    const path = join(scene.base, 'files/taken');
    const words = async () => ['--status-socket', path, '--listen', String(await findPort()), conf, 'probe'];
    await using first = await scene.start(await words(), { socket: path });
    await using second = await scene.start(await words(), { socket: path });
    await second.until(`no status at ${path}: another virtuald has it`);
    expect((await first.status()).pid).toBe(first.pid);
    const file = join(scene.base, 'files/precious');
    writeFileSync(file, 'precious\n');
    const port = String(await findPort());
    await using third = await scene.start([
      '--status-socket',
      file,
      '--listen',
      port,
      conf,
      'probe',
      'hostname',
    ]);
    await third.until(`no status at ${file}: something stands there that is no socket`);
    expect(readFileSync(file, 'utf8')).toBe('precious\n');
    expect(await talk(Number(port))).toBe('a.example\n');
  });

  test('does not keep a server from starting where the socket cannot be made', async () => {
    const port = String(await findPort());
    await using served = await scene.start([
      ...['--status-socket', '/etc/passwd/socket'],
      ...['--listen', port, conf, 'probe', 'hostname'],
    ]);
    await served.until('no status at /etc/passwd/socket: ');
    expect(await talk(Number(port))).toBe('a.example\n');
  });
});
