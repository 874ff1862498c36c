import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { opensslWithName } from '../support/client-hellos.ts';
import { needs } from '../support/needs.ts';
import { findPort, makeServerScene, type ServerScene, waitFor } from '../support/start-virtuald.ts';
import { openClient, talk } from '../support/talk.ts';

describe.runIf(needs('root', { program: 'gcc' }))('virtuald --listen, when something is wrong,', () => {
  let scene: ServerScene;
  let conf: string;
  const serve = async (words: readonly string[], flags: readonly string[] = [], more = {}) => {
    const port = await findPort();
    const all = ['--listen', String(port), '--refusal', 'no', ...flags, conf, ...words];
    const server = await scene.start(all, more);
    return { port, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  };

  beforeAll(() => {
    scene = makeServerScene();
    scene.addTree('a.example');
    scene.addTree('b.example');
    conf = scene.putConf('conf.two', ['127.0.0.1 a.example', '127.0.0.2 b.example', '127.0.0.3 c.example']);
  });
  afterAll(() => scene[Symbol.dispose]());

  test('serves a tree again that was away for a while, or was made anew, and the others all the time', async () => {
    await using served = await serve(['probe', 'list', '/']);
    const tree = join(scene.root.path, 'c.example');
    const ask = () => talk(served.port, { to: '127.0.0.3' });
    expect(await ask()).toBe('no');
    await served.server.until('no service for c.example: the tree is missing');
    scene.addTree('c.example');
    expect(await ask()).toContain('etc\n');
    renameSync(tree, `${tree}.away`);
    expect(await ask()).toBe('no');
    expect(await talk(served.port)).toContain('etc\n');
    renameSync(`${tree}.away`, tree);
    expect(await ask()).toContain('etc\n');
    rmSync(tree, { recursive: true });
    expect(await ask()).toBe('no');
    scene.addTree('c.example');
    mkdirSync(join(tree, 'fresh'));
    expect(await ask()).toContain('fresh\n');
    expect(await served.server.total()).toMatchObject({ refused: { 'bad-tree': 3 }, failed: 0 });
  });

  test('does not keep the room of a tree that its file of addresses has no more', async () => {
    const tree = scene.addTree('gone.example');
    const mount = join(tree, 'srv');
    mkdirSync(mount);
    const own = scene.putConf('conf.gone', ['127.0.0.1 a.example', '127.0.0.2 gone.example']);
    const port = await findPort();
    await using server = await scene.start(['--listen', String(port), own, 'probe', 'hostname']);
    expect(await talk(port, { to: '127.0.0.2' })).toBe('gone.example\n');
    const inUse = () => Number(execFileSync('stat', ['-f', '-c', '%d', scene.root.path]));
    const all = inUse();
    rmSync(tree, { recursive: true });
    const held = inUse();
    // Its folders are gone from the root, and as long as there is a mount of them they are not gone.
    scene.putConf('conf.gone', ['127.0.0.1 a.example']);
    await waitFor('the inodes of the tree', () => inUse() > held);
    expect(inUse()).toBeGreaterThan(all);
    expect(await talk(port)).toBe('a.example\n');
    expect(await server.total()).toMatchObject({ failed: 0 });
  });

  test.each<[what: string, why: string, spoil: (tree: string) => void]>([
    ['belongs to somebody else', 'belongs to user 70001', (tree) => chownSync(tree, 70_001, 0)],
    ['can be written by a group', 'others than root may write', (tree) => chmodSync(tree, 0o775)],
    ['is a link', 'a link', (tree) => renameSync(tree, `${tree}.real`)],
  ])('refuses a tree that %s, from that moment on', async (what, why, spoil) => {
    const tree = scene.addTree('bad.example');
    const port = await findPort();
    const own = scene.putConf('conf.bad', ['127.0.0.1 bad.example']);
    const words = ['--listen', String(port), '--refusal', 'no', own, 'probe', 'hostname'];
    await using server = await scene.start(words);
    expect(await talk(port)).toBe('bad.example\n');
    spoil(tree);
    if (what === 'is a link') execFileSync('ln', ['-s', `${tree}.real`, tree]);
    expect(await talk(port)).toBe('no');
    expect(await server.until('no service for bad.example')).toContain(why);
    rmSync(tree, { recursive: true, force: true });
    rmSync(`${tree}.real`, { recursive: true, force: true });
  });

  test.each<[what: string, program: string, why: string]>([
    ['is missing', 'no-such-program', 'the tree has no such program'],
    ['is no executable file', '/etc/passwd', 'not an executable file'],
    ['is no program', '/usr/bin/nonsense', 'neither a program for this machine'],
    ['lacks its interpreter', '/usr/bin/script', 'what its first line or its loader names'],
  ])('says so when the program %s, and counts it as failed', async (_, program, why) => {
    const put = (name: string, text: string) =>
      writeFileSync(join(scene.root.path, 'a.example/usr/bin', name), text, { mode: 0o755 });
    put('nonsense', 'x');
    put('script', '#!/usr/bin/nothing\n');
    await using served = await serve([program]);
    expect(await talk(served.port)).toBe('no');
    const line = await served.server.until(' in a.example: ');
    expect(line).toContain(why);
    expect(await served.server.total()).toMatchObject({ started: 1, failed: 1, running: 0, ended: 0 });
  });

  test('finds a program that was put into the tree meanwhile', async () => {
    await using served = await serve(['late']);
    expect(await talk(served.port)).toBe('no');
    execFileSync('cp', [scene.root.probe, join(scene.root.path, 'a.example/usr/local/bin/late')]);
    expect(await talk(served.port)).toBe('');
    expect(await served.server.total()).toMatchObject({ started: 2, failed: 1 });
  });

  test('closes those it has no descriptors for, says so, and recovers', async () => {
    // A held service needs one, a client that is silent one too.
    const by = ['prlimit', '--nofile=90'];
    await using served = await serve(['witness', 'hold'], ['--sni', '--hello', '600'], { by });
    const clients = await Promise.all(Array.from({ length: 120 }, () => openClient(served.port)));
    await served.server.until('cannot take a connection: EMFILE');
    const gone = () => clients.filter(({ got }) => got() === 'no').length;
    await waitFor('the end of some', () => gone() > 20);
    // All the same, who is there already is served, as far as one more descriptor goes.
    for (const { socket } of clients) socket.resetAndDestroy();
    await served.server.untilTotal(({ refused }) => (refused.hello ?? 0) + (refused.failed ?? 0) === 120);
    expect(await served.server.total()).toMatchObject({ started: 0, running: 0 });
    const client = await openClient(served.port, { say: opensslWithName });
    expect(await client.line()).toContain('a.example');
    client.socket.end();
  });

  test('counts those right whose service has no descriptors left', async () => {
    const [one, two] = [await findPort(), await findPort()];
    const socket = join(scene.base, 'files/pipe.sock');
    const say = (name: string, port: number) =>
      `[service.${name}]\nlisten = ["${port}"]\nconf = "${conf}"\nprogram = ["witness", "hold"]\nmax = 1\n`;
    const text = `status-socket = "${socket}"\n${say('one', one)}${say('two', two)}`;
    await using server = await scene.start(['--config', scene.put('pipe.toml', text)], { socket });
    using first = await openClient(one);
    await first.line();
    // Room for the connection, and not for the pipe of its errors.
    const limit = (soft: number) => execFileSync('prlimit', ['--pid', `${server.pid}`, `--nofile=${soft}:`]);
    const open = new Set(readdirSync(`/proc/${server.pid}/fd`).map(Number));
    const free = Array.from({ length: open.size + 2 }, (_, fd) => fd).filter((fd) => !open.has(fd));
    limit((free[0] ?? 0) + 1);
    expect(await talk(two, { end: false })).toBe('');
    await server.until('cannot start two in a.example: EMFILE');
    limit(1000);
    expect(await server.total('two')).toMatchObject({ started: 1, failed: 1, running: 0 });
    using second = await openClient(two);
    expect(await second.line()).toContain('a.example');
  });

  test('refuses those it can start no process for, says so, and recovers', async () => {
    using group = makePidsGroup();
    const by = ['sh', '-c', 'echo 0 >"$0/cgroup.procs" && exec "$@"', group.path];
    await using served = await serve(['witness', 'hold'], [], { by });
    using first = await openClient(served.port);
    await first.line();
    const current = Number(readFileSync(join(group.path, 'pids.current'), 'utf8'));
    writeFileSync(join(group.path, 'pids.max'), String(current));
    expect(await talk(served.port)).toBe('no');
    expect(await served.server.until('cannot start witness in a.example')).toContain('EAGAIN');
    writeFileSync(join(group.path, 'pids.max'), 'max');
    using second = await openClient(served.port);
    expect(await second.line()).toContain('a.example');
    expect(await served.server.total()).toMatchObject({ started: 3, failed: 1, running: 2 });
  });

  test('goes on when a service kills its process group, and so do the others', async () => {
    await using served = await serve(['witness', 'kill-group']);
    await using holding = await serve(['witness', 'hold']);
    using held = await openClient(holding.port);
    await held.line();
    for (const _ of [1, 2, 3]) expect(await talk(served.port, { end: false })).toContain('last words');
    await served.server.until('ended: signal 9', 3);
    expect(await holding.server.total()).toMatchObject({ running: 1 });
    expect(await served.server.total()).toMatchObject({ started: 3, ended: 3 });
  });

  test('takes clients that vanish at any moment for what they are', async () => {
    await using served = await serve(['probe', 'copy']);
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const client = await openClient(served.port);
        if (index % 2 === 0) await client.line();
        if (index % 3 === 0) client.socket.end();
        else client.socket.resetAndDestroy();
      }),
    );
    await served.server.untilTotal(({ started, ended, failed }) => started === 40 && ended + failed === 40);
    expect(await talk(served.port, { say: 'x' })).toBe('a.example\nx');
  });

  test('leaves a daemon that a service starts alone, and counts the service as ended', async () => {
    await using served = await serve(['witness', 'daemon']);
    const pid = Number(await talk(served.port));
    await served.server.untilTotal(({ ended }) => ended === 1);
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});

/** A control group that counts processes, in either hierarchy (cgroups(7)). */
function makePidsGroup(): Disposable & { readonly path: string } {
  const old = '/sys/fs/cgroup/pids';
  const path = join(existsSync(old) ? old : '/sys/fs/cgroup', `virtfs-test-${process.pid}`);
  mkdirSync(path);
  return { path, [Symbol.dispose]: () => rmdirSync(path) };
}
