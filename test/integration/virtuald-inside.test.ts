import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listenLog } from '../support/dev-log.ts';
import { needs } from '../support/needs.ts';
import { findPort, makeServerScene, type ServerScene, waitFor } from '../support/start-virtuald.ts';
import { openClient, talk } from '../support/talk.ts';

describe.runIf(needs('root', { program: 'gcc' }))('a service of virtuald --listen', () => {
  let scene: ServerScene;
  let conf: string;
  const serve = async (words: readonly string[], flags: readonly string[] = [], more = {}) => {
    const port = await findPort();
    const server = await scene.start(['--listen', String(port), ...flags, conf, ...words], more);
    return { port, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  };

  beforeAll(() => {
    scene = makeServerScene();
    scene.addTree('a.example');
    scene.addTree('b.example');
    scene.root.addRecord('a.example', 'copy');
    scene.root.addRecord('b.example', 'copy');
    conf = scene.putConf('conf.two', ['127.0.0.1 a.example', '127.0.0.2 b.example', '::1 b.example']);
  });
  afterAll(() => scene[Symbol.dispose]());

  test('has the documented environment, three descriptors that block, and all else as a program expects it', async () => {
    const env = { LANG: 'C', TZ: 'UTC', SECRET: 'x', LD_PRELOAD: '', TCPREMOTEINFO: 'spoofed' };
    // What is ignored stays ignored in every program, unless somebody resets it.
    const by = ['bash', '--norc', '-c', 'trap "" PIPE HUP USR1 TERM; umask 077; exec 9</; exec "$@"', 'sh'];
    await using served = await serve(['witness', 'report'], [], { env, by });
    for (const _ of [1, 2]) {
      const client = await openClient(served.port);
      const lines = (await client.all()).split('\n').filter(Boolean);
      expect(lines.filter((line) => line.startsWith('env ')).sort()).toEqual(
        [
          'env HOME=/root',
          'env LANG=C',
          'env LOGNAME=root',
          'env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          'env PROTO=TCP',
          'env REMOTE_HOST=127.0.0.1',
          'env TCPLOCALIP=127.0.0.1',
          `env TCPLOCALPORT=${served.port}`,
          'env TCPREMOTEIP=127.0.0.1',
          `env TCPREMOTEPORT=${client.port}`,
          'env TZ=UTC',
          'env USER=root',
          'env VIRTFS_DOMAIN=a.example',
        ].sort(),
      );
      expect(lines.filter((line) => !line.startsWith('env '))).toEqual([
        'fd 0 blocking socket',
        'fd 1 blocking socket',
        'fd 2 blocking pipe',
        'group own',
        'session own',
        'cwd /',
        'umask 022',
        'host a.example',
        'user 0 group 0 groups 0',
        'nice 0',
      ]);
    }
  });

  test('is told of each client and each address anew, short or long', async () => {
    await using served = await serve(['witness', 'report']);
    for (const [to, from] of [
      ['127.0.0.1', '127.100.100.100'],
      ['127.0.0.1', '127.0.0.2'],
      ['::1', '::1'],
      ['127.0.0.2', '127.1.1.1'],
    ]) {
      const client = await openClient(served.port, { to: to ?? '', from: from ?? '' });
      const text = await client.all();
      const domain = to === '127.0.0.1' ? 'a.example' : 'b.example';
      for (const line of [
        `TCPLOCALIP=${to}`,
        `TCPREMOTEIP=${from}`,
        `REMOTE_HOST=${from}`,
        `TCPREMOTEPORT=${client.port}`,
        `VIRTFS_DOMAIN=${domain}`,
      ])
        expect(text).toContain(`env ${line}\n`);
      expect(text).toContain(`host ${domain}\n`);
    }
  });

  test('runs as the user it was told, by name or number, with the groups of the tree', async () => {
    for (const user of ['bob', '70001']) {
      await using served = await serve(['probe', 'file', '/proc/self/status'], ['--user', user]);
      const text = await talk(served.port);
      expect(text).toMatch(/^Uid:\t70001\t70001\t70001\t70001$/mu);
      expect(text).toMatch(/^Gid:\t70001\t70001\t70001\t70001$/mu);
      expect(text).toMatch(/^Groups:\t8 70010 $/mu);
      expect(text).toMatch(/^CapPrm:\t0+$/mu);
      expect(text).toMatch(/^CapBnd:\t0*[1-9a-f]/mu);
    }
    await using served = await serve(['witness', 'report'], ['--user', 'bob']);
    expect(await talk(served.port)).toContain('env HOME=/home/b/bob\n');
  });

  test('is not started as a user whom the tree does not have, or who is not its own', async () => {
    const refused = [
      ['nobody-such', 'nobody-such'],
      ['hostuser', 'hostuser'],
      ['toor', 'toor'],
      ['neighbour', 'neighbour'],
    ];
    for (const [user = '', why = ''] of refused) {
      await using served = await serve(['witness', 'report'], ['--user', user, '--refusal', 'no']);
      expect(await talk(served.port)).toBe('no');
      expect(await served.server.until('cannot start witness in a.example')).toContain(why);
      expect(await served.server.total()).toMatchObject({ started: 1, failed: 1, running: 0 });
    }
  });

  test('runs as who the user is now, when passwd changes', async () => {
    await using served = await serve(['witness', 'report'], ['--user', 'bob']);
    expect(await talk(served.port)).toContain('user 70001 ');
    const file = join(scene.root.path, 'a.example/etc/passwd');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('bob:x:70001:', 'bob:x:70004:'));
    // Files that take long to read are not read for each connection.
    await waitFor('the new number', async () => (await talk(served.port)).includes('user 70004 '));
    writeFileSync(file, text);
  });

  test('has the niceness, limits, capabilities and privileges it was told, and those of its domain', async () => {
    const file = scene.put(
      'inside.toml',
      `status-socket = "${scene.base}/files/inside.sock"
[service.one]
listen = ["LISTEN"]
conf = "${conf}"
program = ["probe", "file", "/proc/self/status"]
capabilities = ["net_bind_service"]
no-new-privileges = true
nice = -3
limits = { nofile = 2000, core = 0 }
[service.one.domain."b.example"]
capabilities = ["setuid", "setgid"]
no-new-privileges = false
user = "www-data"
[service.limits]
listen = ["LIMITS"]
conf = "${conf}"
program = ["probe", "file", "/proc/self/limits"]
limits = { nofile = 2000, core = 0 }
[service.nice]
listen = ["NICE"]
conf = "${conf}"
program = ["probe", "file", "/proc/self/stat"]
nice = -3
`,
    );
    const ports = { LISTEN: await findPort(), LIMITS: await findPort(), NICE: await findPort() };
    let text = readFileSync(file, 'utf8');
    for (const [word, port] of Object.entries(ports)) text = text.replace(`"${word}"`, `"${port}"`);
    writeFileSync(file, text);
    await using _ = await scene.start(['--config', file]);
    const a = await talk(ports.LISTEN);
    expect(a).toMatch(/^CapPrm:\t0*400$/mu);
    expect(a).toMatch(/^CapBnd:\t0*400$/mu);
    expect(a).toMatch(/^NoNewPrivs:\t1$/mu);
    const b = await talk(ports.LISTEN, { to: '127.0.0.2' });
    expect(b).toMatch(/^CapPrm:\t0+$/mu);
    expect(b).toMatch(/^CapBnd:\t0*c0$/mu);
    expect(b).toMatch(/^NoNewPrivs:\t0$/mu);
    expect(b).toMatch(/^Uid:\t33\t/mu);
    const limits = await talk(ports.LIMITS);
    expect(limits).toMatch(/^Max open files +2000 +2000 /mu);
    expect(limits).toMatch(/^Max core file size +0 +0 /mu);
    expect((await talk(ports.NICE)).split(') ')[1]?.split(' ')[16]).toBe('-3');
  });

  test('has the limit of open files that virtuald was started with, and no more than programs are used to', async () => {
    await using few = await serve(['probe', 'nofile'], [], { by: ['prlimit', '--nofile=600'] });
    expect(await talk(few.port)).toBe('600 600\n');
    await using many = await serve(['probe', 'nofile'], [], { by: ['prlimit', '--nofile=5000'] });
    expect(await talk(many.port)).toBe('1024 5000\n');
  });

  test('says its errors to the log with its name and domain, a flood of them in part, and none to the client', async () => {
    await using served = await serve(['witness', 'complain', '20000'], ['--name', 'noisy']);
    expect(await talk(served.port, { to: '127.0.0.2' })).toBe('');
    await served.server.until('noisy b.example: line 0');
    await served.server.until('noisy b.example 127.0.0.1 pid ');
    expect(await talk(served.port)).toBe('');
    await served.server.until('noisy a.example: line 0');
    await served.server.until('noisy a.example 127.0.0.1 pid ');
    const told = served.server.lines().filter((line) => line.includes(': line '));
    expect(told.length).toBeLessThan(2000);
  });

  test('is told of in the log although it leaves its last line open, and without control characters', async () => {
    await using muttering = await serve(['witness', 'mutter']);
    using client = await openClient(muttering.port);
    await muttering.server.until('witness a.example: no line break');
    client.socket.end();
    await using served = await serve(['probe', 'complain', 'cannot\x1b[2J\r'], ['--verbose']);
    await talk(served.port);
    const line = await served.server.until('probe a.example: cannot');
    expect(line).not.toContain('\x1b');
    await waitFor('standard error', () => served.server.err().includes('probe a.example: cannot'));
    expect(served.server.err()).not.toContain('\x1b');
  });

  test('is announced by three lines where asked, the third through the log of its tree', async () => {
    using log = listenLog(join(scene.root.path, 'a.example/dev/log'));
    await using served = await serve(['witness', 'exit', '3'], ['--verbose']);
    await talk(served.port);
    await served.server.until('starting witness');
    await served.server.until('incoming ip 127.0.0.1');
    await log.until(`chroot dir ${scene.root.path}/a.example`);
    expect(await served.server.until(' ended: ')).toMatch(
      /witness a\.example 127\.0\.0\.1 pid \d+ ended: status 3, \d+\.\d{3} s$/u,
    );
  });
});
