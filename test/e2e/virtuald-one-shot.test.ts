import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LogHost, makeLogHost } from '../support/dev-log.ts';
import { needs } from '../support/needs.ts';
import { mountSandbox, outOf, type Sandbox } from '../support/sandbox.ts';
import { type Server, serve } from '../support/serve.ts';

const one = 'foo.bar.com';
const two = 'bar.foo.com';
const addresses: Readonly<Record<string, string>> = { [one]: '192.0.2.1', [two]: '192.0.2.2' };

/** A server as those of the HOWTO: says who and where it is, and answers lines. */
const plainServer = `#!/bin/sh
echo "220 $(hostname) $0 $*"
while read -r line; do
  case $line in
    QUIT*) break ;;
    FDS*) ls /proc/self/fd ;;
    ENV*) env ;;
    FAIL*) echo "$line" >&2 ;;
    LOG*) logger -t wu.ftpd "$line" ;;
  esac
done
echo "221 bye"
`;

const wanted = ['inetd', 'xinetd', 'tcpserver', 'tcpd'].map((program) => ({ program }));

describe.runIf(needs('root', ...wanted))('virtuald as the HOWTO has it', () => {
  let sandbox: Sandbox;
  let host: LogHost;
  let virtuald: string;
  const inTree = (domain: string, path: string) => join(sandbox.root, domain, path);
  /** A line of the HOWTO, with the paths of this test. */
  const here = (line: string) =>
    line.replaceAll('/virtual/', `${sandbox.root}/`).replace(/\/usr\/(?:local\/)?bin\/virtuald/u, virtuald);

  beforeAll(async () => {
    sandbox = mountSandbox();
    virtuald = join(sandbox.installed.prefix, 'sbin/virtuald');
    host = makeLogHost(dirname(sandbox.root));
    for (const domain of [one, two]) {
      outOf(await sandbox.virtfs(['create', domain, '--profile', 'login,tcpd', '--quiet']));
      for (const name of ['wu.ftpd', 'in.qpop']) {
        writeFileSync(inTree(domain, `usr/sbin/${name}`), plainServer);
        chmodSync(inTree(domain, `usr/sbin/${name}`), 0o755);
      }
    }
    for (const service of ['ftp', 'pop']) {
      const lines = `# C'est un commentaire

# Format IP "ESPACE" dir "PAS D'ESPACES"
192.0.2.1 ${sandbox.root}/${one}
192.0.2.2 ${sandbox.root}/${two}
`;
      writeFileSync(join(sandbox.root, `conf.${service}`), lines, { mode: 0o644 });
    }
  });
  afterAll(() => {
    host[Symbol.dispose]();
    sandbox[Symbol.dispose]();
  });

  const startInetd = (lines: readonly string[]): Promise<Server> => {
    const file = join(host.base, 'inetd.conf');
    writeFileSync(file, `${lines.map(here).join('\n')}\n`);
    // What the one who starts inetd left open is a way out of every tree.
    const start = 'exec 200</; exec "$@"';
    const words = [
      'bash',
      '--norc',
      '-c',
      start,
      'sh',
      'env',
      `VIRTFS_ROOT=${sandbox.root}`,
      'SECRET=x',
      'inetd',
      '-i',
      file,
    ];
    return serve(host.words(...words), 21, '192.0.2.1');
  };

  describe('with inetd', () => {
    test('serves the lines of its 3.2 as they are printed', async () => {
      await using _ = await startInetd([
        'ftp stream tcp nowait root /usr/bin/virtuald virtuald /virtual/conf.ftp wu.ftpd -l -a',
        'pop-3 stream tcp nowait root /usr/bin/virtuald virtuald /virtual/conf.pop in.qpop -s',
      ]);
      for (const [domain, address] of Object.entries(addresses)) {
        expect(await talk(address, 21, 'QUIT')).toBe(`220 ${domain} /usr/sbin/wu.ftpd -l -a\n221 bye\n`);
        expect(await talk(address, 110, 'QUIT')).toBe(`220 ${domain} /usr/sbin/in.qpop -s\n221 bye\n`);
      }
    });

    test('leaks nothing of the host to a service, nor a word of it to the client', async () => {
      await using _ = await startInetd([
        'ftp stream tcp nowait root /usr/local/bin/virtuald virtuald /virtual/conf.ftp wu.ftpd',
      ]);
      const fds = (await talk('192.0.2.1', 21, 'FDS')).split('\n').slice(1, -2);
      // The fourth is that of ls itself.
      expect(fds).toEqual(['0', '1', '2', '3']);
      const env = await talk('192.0.2.1', 21, 'ENV');
      expect(env).toContain('TCPREMOTEIP=');
      expect(env).not.toMatch(/SECRET|inetd_dummy/u);
      expect(await talk('192.0.2.1', 21, 'FAIL: cannot open /etc/x')).not.toContain('FAIL');
      expect(await host.log.until('FAIL: cannot open')).toMatch(
        /virtuald\[\d+\]: wu\.ftpd foo\.bar\.com: FAIL/u,
      );
    });

    test('closes a connection to an address without a line, and logs it', async () => {
      await using _ = await startInetd([
        'ftp stream tcp nowait root /usr/local/bin/virtuald virtuald /virtual/conf.ftp wu.ftpd',
      ]);
      expect(await talk('127.0.0.1', 21, 'QUIT')).toBe('');
      expect(await host.log.until('to 127.0.0.1: cannot tell')).toContain('[NO_TREE]');
      // openbsd-inetd listens on IPv6 for the same line.
      expect(await talk('::1', 21, 'QUIT')).toBe('');
      expect(await host.log.until('to ::1: cannot tell')).toContain('[NO_TREE]');
    });

    test('serves clients of IPv6 by their own line', async () => {
      const conf = join(sandbox.root, 'conf.six');
      writeFileSync(conf, `default ${sandbox.root}/${one}\n::1 ${sandbox.root}/${two}`, { mode: 0o644 });
      await using _ = await startInetd([
        'ftp stream tcp nowait root /usr/local/bin/virtuald virtuald /virtual/conf.six wu.ftpd',
      ]);
      expect(await talk('::1', 21, 'QUIT')).toContain(`220 ${two} `);
      expect(await talk('127.0.0.1', 21, 'QUIT')).toContain(`220 ${one} `);
    });

    test('lets tcpd of the tree decide, by the line of FAQ Q9', async () => {
      const line = (word: string) =>
        `ftp stream tcp nowait root /usr/local/bin/virtuald virtuald /virtual/conf.ftp ${word} wu.ftpd -l -a`;
      // tcpd asks for the client's name: here, and not a server of names that nobody can reach.
      for (const domain of [one, two])
        writeFileSync(inTree(domain, 'etc/hosts'), '192.0.2.1 c1\n192.0.2.2 c2\n');
      writeFileSync(inTree(one, 'etc/hosts.allow'), 'wu.ftpd: 192.0.2.1\n');
      writeFileSync(inTree(one, 'etc/hosts.deny'), 'ALL: ALL\n');
      writeFileSync(inTree(two, 'etc/hosts.allow'), '');
      writeFileSync(inTree(two, 'etc/hosts.deny'), 'wu.ftpd: ALL\n');
      for (const word of ['tcpd', '/usr/sbin/tcpd']) {
        await using _ = await startInetd([line(word)]);
        expect(await talk('192.0.2.1', 21, 'QUIT')).toBe(`220 ${one} /usr/sbin/wu.ftpd -l -a\n221 bye\n`);
        // tcpd takes five seconds to send somebody away.
        if (word === 'tcpd') expect(await talk('192.0.2.2', 21, 'QUIT')).toBe('');
      }
    });

    test('takes the listening socket of a line that says wait, and stays', async () => {
      await using _ = await startInetd([
        `ftp stream tcp4 wait root /usr/local/bin/virtuald virtuald --status-socket ${host.base}/status /virtual/conf.ftp wu.ftpd -l`,
      ]);
      for (const [domain, address] of Object.entries(addresses))
        expect(await talk(address, 21, 'QUIT')).toBe(`220 ${domain} /usr/sbin/wu.ftpd -l\n221 bye\n`);
      // inetd leaves such a server alone when it ends.
      const serving = await host.log.until('serving wu.ftpd');
      await endOther(Number(/virtuald\[(\d+)\]/u.exec(serving)?.[1]));
    });

    test('logs the three lines of FAQ Q5 where it is told to', async () => {
      await using _ = await startInetd([
        'ftp stream tcp nowait root /usr/local/bin/virtuald virtuald --verbose /virtual/conf.ftp wu.ftpd',
      ]);
      await talk('192.0.2.2', 21, 'QUIT');
      for (const text of ['starting wu.ftpd', 'incoming ip 192.0.2.2', `chroot dir ${sandbox.root}/${two}`])
        expect(await host.log.until(text)).toMatch(/virtuald\[\d+\]: /u);
    });
  });

  test('serves under xinetd', async () => {
    const file = join(host.base, 'xinetd.conf');
    const lines = `service ftp
{
  socket_type = stream
  wait = no
  user = root
  flags = IPv6
  server = ${virtuald}
  server_args = ${sandbox.root}/conf.ftp wu.ftpd -l -a
}
`;
    writeFileSync(file, lines);
    const words = host.words(
      'env',
      `VIRTFS_ROOT=${sandbox.root}`,
      'xinetd',
      '-dontfork',
      '-f',
      file,
      '-pidfile',
      `${file}.pid`,
    );
    await using _ = await serve(words, 21, '192.0.2.1');
    // Its socket is of IPv6: to virtuald the address is v4-mapped.
    expect(await talk('192.0.2.1', 21, 'QUIT')).toBe(`220 ${one} /usr/sbin/wu.ftpd -l -a\n221 bye\n`);
    expect(await talk('192.0.2.2', 21, 'QUIT')).toBe(`220 ${two} /usr/sbin/wu.ftpd -l -a\n221 bye\n`);
  });

  test('serves under tcpserver, as 9.4 starts it, and leaves it alone when a service ends its group', async () => {
    writeFileSync(inTree(one, 'usr/sbin/killer'), '#!/bin/sh\necho "220 last words"\nkill -TERM 0\n');
    chmodSync(inTree(one, 'usr/sbin/killer'), 0o755);
    const words = (...service: string[]) =>
      host.words(
        'env',
        `VIRTFS_ROOT=${sandbox.root}`,
        'tcpserver',
        '-u',
        '0',
        '-g',
        '0',
        '-H',
        '-R',
        '-l0',
        '0',
        'pop-3',
        virtuald,
        join(sandbox.root, 'conf.pop'),
        ...service,
      );
    {
      await using _ = await serve(words('in.qpop', '-s'), 110, '192.0.2.1');
      for (const [domain, address] of Object.entries(addresses))
        expect(await talk(address, 110, 'QUIT')).toBe(`220 ${domain} /usr/sbin/in.qpop -s\n221 bye\n`);
      expect(await talk('192.0.2.1', 110, 'ENV')).toContain('\nTCPLOCALHOST=0\n');
    }
    await using _ = await serve(words('killer'), 110, '192.0.2.1');
    expect(await talk('192.0.2.1', 110, '')).toBe('220 last words\n');
    expect(await talk('192.0.2.1', 110, '')).toBe('220 last words\n');
  });
});

/** Ends a process that is no child of ours, and waits until it is gone. */
async function endOther(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  while (existsSync(`/proc/${pid}`)) await sleep(10);
}

/** Connects, says a line, and gives all that comes until the other end closes. */
function talk(address: string, port: number, line: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const parts: Buffer[] = [];
  const socket = connect(port, address, () => socket.end(`${line}\n`));
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.on('close', () => resolve(Buffer.concat(parts).toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // A server that never read our line resets.
    if (error.code !== 'ECONNRESET') reject(error);
  });
  return promise;
}
