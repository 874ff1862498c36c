import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readLandlockVersion } from '../../src/linux/landlock.ts';
import { localAddress } from '../../src/pipeline/escape/attempts/socket-words.ts';
import { encodeCallServer } from '../../src/pipeline/escape/encode-call-server.ts';
import { RemoteProcess } from '../../src/pipeline/escape/remote-process.ts';
import { compileStatic } from '../support/banner-trees.ts';
import { needs } from '../support/needs.ts';
import { findPort, makeServerScene, type ServerScene, type Virtuald } from '../support/start-virtuald.ts';
import { openClient, talk } from '../support/talk.ts';

const relay = join(import.meta.dirname, '../support/relay.ts');
const keepsSignals = readLandlockVersion() >= 6;

describe.runIf(needs('root', { program: 'gcc' }))('A service that is root of its tree', () => {
  let scene: ServerScene;
  let served: Virtuald;
  const ports = { calls: 0, hunter: 0, witness: 0 };

  beforeAll(() => {
    scene = makeServerScene();
    const hunter = compileStatic(join(import.meta.dirname, '../fixtures/hunter.c'), scene.base);
    const calls = encodeCallServer(process.arch === 'arm64' ? 'arm64' : 'x64');
    for (const domain of ['a.example', 'b.example']) {
      const tree = scene.addTree(domain);
      scene.root.addRecord(domain, 'copy');
      writeFileSync(join(tree, 'usr/bin/calls'), calls, { mode: 0o755 });
      copyFileSync(hunter, join(tree, 'usr/bin/hunter'));
    }
  });
  afterAll(() => scene[Symbol.dispose]());
  beforeEach(async () => {
    const conf = scene.putConf('conf.reach', ['127.0.0.1 a.example', '127.0.0.2 b.example']);
    const parts = [`status-socket = "${scene.base}/reach.sock"`];
    for (const name of ['calls', 'hunter', 'witness'] as const) {
      ports[name] = await findPort();
      const program = name === 'witness' ? '"witness", "report"' : `"${name}"`;
      parts.push(`[service.${name}]`, `listen = ["${ports[name]}"]`);
      parts.push(`conf = "${conf}"`, `program = [${program}]`);
    }
    parts.push('[service.witness.domain."b.example"]', 'user = "bob"');
    parts.push('[service.hunter.domain."b.example"]', 'user = "bob"');
    served = await scene.start(['--config', scene.put('reach.toml', parts.join('\n'))]);
  });
  afterEach(() => served[Symbol.asyncDispose]());

  const start = (address = '127.0.0.1') =>
    new RemoteProcess({ words: [process.execPath, relay, address, String(ports.calls)] });

  test('gets no hold of virtuald itself', async () => {
    await using probe = start();
    const { pid } = served;
    const errorOf = async (...call: Parameters<RemoteProcess['call']>) => (await probe.call(...call)).error;
    const [seize, coreSize, currentDir] = [0x4206, 4, -100];
    const { value: pidfd } = await probe.call('pidfd_open', pid, 0);
    expect({
      ptrace: await errorOf('ptrace', seize, pid, 0, 0),
      descriptor: await errorOf('pidfd_getfd', pidfd, 0, 0),
      limits: await errorOf('prlimit64', pid, coreSize, Buffer.alloc(16), 0),
      processors: await errorOf('sched_setaffinity', pid, 8, Buffer.from('0100000000000000', 'hex')),
      niceness: await errorOf('setpriority', 0, pid, 19),
    }).toEqual({
      ptrace: 'EPERM',
      descriptor: 'EPERM',
      limits: 'EPERM',
      processors: 'EPERM',
      niceness: 'EPERM',
    });
    for (const signal of [0, 1, 15, 19].filter(() => keepsSignals))
      expect(await errorOf('kill', pid, signal)).toBe('EPERM');
    for (const name of ['mem', 'environ', 'root/etc', 'fd', 'maps', 'ns/mnt', 'cwd', 'status'])
      expect([name, await errorOf('openat', currentDir, `/proc/${pid}/${name}`, 0, 0)]).toEqual([
        name,
        'ENOENT',
      ]);
    for (const path of [`${scene.base}/reach.sock`, '/run/virtfs/virtuald.sock']) {
      const { value: socket } = await probe.call('socket', 1, 1, 0);
      expect(await errorOf('connect', socket, ...localAddress(path))).toBe('ENOENT');
    }
    expect(await talk(ports.witness)).toContain('user 0 ');
    expect(served.lines().filter((line) => line.includes('read again'))).toEqual([]);
  });

  test('enters no namespace, not even its own', async () => {
    await using probe = start();
    for (const [name, flag] of Object.entries(namespaceFlags)) {
      const opened = await probe.call('openat', -100, `/proc/self/ns/${name}`, 0, 0);
      for (const flags of [0, flag]) {
        const { error } = await probe.call('setns', opened.value, flags);
        expect([name, flags, error]).toEqual([name, flags, 'EPERM']);
      }
    }
  });

  test('walks no further than its tree, though it may chroot', async () => {
    await using probe = start();
    const open = (path: string) => probe.call('openat', -100, path, 0, 0);
    const kept = await open('/');
    expect((await probe.call('chroot', '/tmp')).error).toBeUndefined();
    expect((await probe.call('mknodat', -100, '/disk', 0o60600, 0x700)).error).toBe('EPERM');
    expect((await probe.call('fchdir', kept.value)).error).toBeUndefined();
    expect((await probe.call('chdir', '../'.repeat(64))).error).toBeUndefined();
    expect((await probe.call('chroot', '.')).error).toBeUndefined();
    expect((await open('/usr/bin/calls')).error).toBeUndefined();
    for (const path of ['/proc/self/root/usr/bin/bash', '/bin/bash', scene.base, '/etc/shadow'])
      expect([path, (await open(path)).error]).toEqual([path, 'ENOENT']);
    expect((await open('/dev/tty')).error).toBe('ENOENT');
  });

  test('shares with a service of another domain neither host name, memory, terminals, sockets nor /proc', async () => {
    await using one = start();
    await using other = start('127.0.0.2');
    const names = [one, other].map(async (each) => (await each.call('uname', Buffer.alloc(390))).data(0));
    const hosts = (await Promise.all(names)).map((bytes) => bytes.toString('latin1', 65, 74));
    expect(hosts).toEqual(['a.example', 'b.example']);

    const [create, key] = [0o1000, 4711];
    expect((await one.call('shmget', key, 4096, create | 0o666)).error).toBeUndefined();
    expect((await one.call('shmget', key, 4096, 0)).error).toBeUndefined();
    expect((await other.call('shmget', key, 4096, 0)).error).toBe('ENOENT');

    expect((await one.call('openat', -100, '/dev/pts/ptmx', 2, 0)).error).toBeUndefined();
    expect((await one.call('openat', -100, '/dev/pts/0', 0, 0)).error).not.toBe('ENOENT');
    expect((await other.call('openat', -100, '/dev/pts/0', 0, 0)).error).toBe('ENOENT');

    const { value: listening } = await one.call('socket', 1, 1, 0);
    expect((await one.call('bind', listening, ...localAddress('\0meet'))).error).toBeUndefined();
    await one.call('listen', listening, 1);
    const { value: calling } = await other.call('socket', 1, 1, 0);
    if (keepsSignals)
      expect((await other.call('connect', calling, ...localAddress('\0meet'))).error).toBe('EPERM');

    const { value: pid } = await one.call('getpid');
    if (keepsSignals) expect((await other.call('kill', pid, 0)).error).toBe('EPERM');
    expect((await other.call('ptrace', 0x4206, pid, 0, 0)).error).toBe('EPERM');
    expect((await other.call('openat', -100, `/proc/${pid}`, 0, 0)).error).toBe('ENOENT');
  });

  test.runIf(keepsSignals)('gets no hold of another that is on its way to be one', async () => {
    for (const to of ['127.0.0.1', '127.0.0.2']) {
      using hunter = await openClient(ports.hunter, { to });
      for (let round = 0; round < 150; round++) {
        expect(await talk(ports.witness, { to })).toContain(to === '127.0.0.1' ? 'user 0 ' : 'user 70001 ');
      }
      hunter.socket.end();
      expect(await hunter.all()).toBe('met some, got 0\n');
    }
  });
});

const namespaceFlags = {
  mnt: 0x20000,
  uts: 0x4000000,
  ipc: 0x8000000,
  net: 0x40000000,
  pid: 0x20000000,
  cgroup: 0x2000000,
  user: 0x10000000,
};
