import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openssl12WithName, opensslWithName, opensslWithoutName } from '../support/client-hellos.ts';
import { needs } from '../support/needs.ts';
import { findPort, makeServerScene, type ServerScene } from '../support/start-virtuald.ts';
import { openClient, talk } from '../support/talk.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const v1 = (source: string, destination: string) => `PROXY TCP4 ${source} ${destination} 4711 8021\r\n`;

/** A PROXY header of version 2 for TCP over IPv4. */
function v2(source: readonly number[], destination: readonly number[], command = 0x21): Buffer {
  const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
  return Buffer.from([...signature, command, 0x11, 0, 12, ...source, ...destination, 0x12, 0x67, 0x1f, 0x55]);
}

describe.runIf(needs('root', { program: 'gcc' }, { program: 'openssl' }))('virtuald --listen', () => {
  let scene: ServerScene;
  let conf: string;
  const serve = async (words: readonly string[], ...flags: readonly string[]) => {
    const port = await findPort();
    const server = await scene.start(['--listen', String(port), ...flags, conf, ...words]);
    return { port, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  };

  beforeAll(() => {
    scene = makeServerScene();
    for (const name of ['foo', 'bar', 'third']) scene.addTree(`${name}.example`);
    symlinkSync('bar.example', join(scene.root.path, 'alias.example'));
    conf = scene.putConf('conf.tls', [
      '127.0.0.1 foo.example',
      '127.0.0.2 bar.example',
      'sni third.example',
      '10.0.0.7 third.example',
    ]);
  });
  afterAll(() => scene[Symbol.dispose]());

  describe('with --sni', () => {
    test('lets a TLS client and a TLS server talk, in the domain of the name that was asked for', async () => {
      const [key, cert] = [join(scene.base, 'key.pem'), join(scene.base, 'cert.pem')];
      execFileSync(
        'openssl',
        [
          ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
          ...['-subj', '/CN=x', '-keyout', key, '-out', cert],
        ],
        { stdio: 'ignore' },
      );
      const tls = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
        socket.end(`hello ${String(socket.servername)}\n`);
      }).listen(0, '127.0.0.1');
      await once(tls, 'listening');
      const { port } = tls.address() as { readonly port: number };
      await using served = await serve(['witness', 'relay', String(port)], '--sni');
      for (const [servername, domain] of [
        ['bar.example', 'bar.example'],
        ['www.mail.Bar.example', 'bar.example'],
        ['third.example', 'third.example'],
        ['imap.alias.example', 'bar.example'],
        ['unknown.example', 'foo.example'],
      ] as const) {
        const client = connect({ port: served.port, servername, rejectUnauthorized: false });
        const [text] = (await once(client.setEncoding('utf8'), 'data')) as [string];
        expect(text).toBe(`hello ${servername}\n`);
        client.destroy();
        const { services } = await served.server.status();
        expect(services[0]?.domains.map((each) => each.domain)).toContain(domain);
      }
      await served.server.untilTotal(({ ended }) => ended === 5);
      const { services } = await served.server.status();
      expect(services[0]?.domains.map(({ domain, started }) => [domain, started])).toEqual([
        ['bar.example', 3],
        ['foo.example', 1],
        ['third.example', 1],
      ]);
      tls.close();
    });

    test('leaves the service every byte of the ClientHello, in however many parts it came', async () => {
      await using served = await serve(['witness', 'hex'], '--sni');
      const client = await openClient(served.port, { to: '127.0.0.2' });
      client.socket.setNoDelay(true);
      for (let at = 0; at < opensslWithName.length; at += 40) {
        client.socket.write(opensslWithName.subarray(at, at + 40));
        await sleep(5);
      }
      client.socket.end('more');
      expect(await client.all()).toBe(`foo.example ${hex(opensslWithName)}${hex(Buffer.from('more'))}\n`);
      expect(await talk(served.port, { to: '127.0.0.2', say: openssl12WithName })).toBe(
        `foo.example ${hex(openssl12WithName)}\n`,
      );
      expect(await talk(served.port, { to: '127.0.0.2', say: opensslWithoutName })).toBe(
        `bar.example ${hex(opensslWithoutName)}\n`,
      );
    });

    test('cuts who sends garbage, nothing, half of it, or a byte now and then, and goes on', async () => {
      await using served = await serve(['witness', 'hex'], '--sni', '--hello', '1.5', '--refusal', 'no');
      const dripping = await openClient(served.port);
      const drip = setInterval(() => dripping.socket.write(Buffer.of(0x16)), 200);
      // So that the bytes are right, as far as they go.
      dripping.socket.write(opensslWithName.subarray(0, 5));
      const [garbage, nothing, half, slow, ended] = await Promise.all([
        talk(served.port, { say: 'GET / HTTP/1.0\r\n\r\n', end: false }),
        talk(served.port, { end: false }),
        talk(served.port, { say: opensslWithName.subarray(0, 100), end: false }),
        dripping.all(),
        talk(served.port, { say: opensslWithName.subarray(0, 100) }),
      ]);
      clearInterval(drip);
      expect({ garbage, nothing, half, slow, ended }).toEqual({
        garbage: 'no',
        nothing: 'no',
        half: 'no',
        slow: expect.stringMatching(/^no/u),
        ended: 'no',
      });
      expect(await served.server.total()).toMatchObject({ started: 0, refused: { hello: 5 } });
      await served.server.until('its ClientHello did not come in time');
      expect(await talk(served.port, { say: opensslWithName })).toMatch(/^foo\.example 16/u);
    });
  });

  describe('with --proxy-from', () => {
    test('takes the addresses of a PROXY header, of either version, and leaves the service none of it', async () => {
      await using served = await serve(['witness', 'hex'], '--proxy-from', '127.0.0.0/30');
      const say = (header: string | Buffer) => Buffer.concat([Buffer.from(header), Buffer.from('hi')]);
      const hi = hex(Buffer.from('hi'));
      expect(await talk(served.port, { say: say(v1('203.0.113.9', '10.0.0.7')) })).toBe(
        `third.example ${hi}\n`,
      );
      expect(await talk(served.port, { say: say(v2([203, 0, 113, 9], [127, 0, 0, 2])) })).toBe(
        `bar.example ${hi}\n`,
      );
      await served.server.until('third.example 203.0.113.9 pid ');
      // LOCAL, and UNKNOWN: the addresses of the connection itself.
      expect(await talk(served.port, { say: say(v2([1, 1, 1, 1], [1, 1, 1, 1], 0x20)) })).toBe(
        `foo.example ${hi}\n`,
      );
      expect(await talk(served.port, { say: say('PROXY UNKNOWN\r\n') })).toBe(`foo.example ${hi}\n`);
      // In parts, as a network may bring it.
      const client = await openClient(served.port);
      for (const sign of v1('203.0.113.9', '10.0.0.7')) {
        client.socket.write(sign);
        await sleep(2);
      }
      client.socket.end('hi');
      expect(await client.all()).toBe(`third.example ${hi}\n`);
    });

    test('tells the service, its lists and its limits of the client behind the balancer', async () => {
      const flags = ['--proxy-from', '127.0.0.1', '--deny', '203.0.113.66', '--max-per-source', '1'];
      await using served = await serve(['witness', 'report'], ...flags);
      const text = await talk(served.port, { say: v1('203.0.113.9', '10.0.0.7') });
      for (const line of [
        'TCPREMOTEIP=203.0.113.9',
        'TCPREMOTEPORT=4711',
        'TCPLOCALIP=10.0.0.7',
        'TCPLOCALPORT=8021',
        'REMOTE_HOST=203.0.113.9',
      ])
        expect(text).toContain(`env ${line}\n`);
      expect(await talk(served.port, { say: v1('203.0.113.66', '10.0.0.7') })).toBe('');
      await served.server.until('refused 203.0.113.66 for third.example (denied)');
      await using held = await serve(['witness', 'hold'], ...flags);
      using first = await openClient(held.port, { say: v1('203.0.113.9', '10.0.0.7') });
      expect(await first.line()).toContain('third.example');
      expect(await talk(held.port, { say: v1('203.0.113.9', '10.0.0.7') })).toBe('');
      using other = await openClient(held.port, { say: v1('203.0.113.10', '10.0.0.7') });
      expect(await other.line()).toContain('third.example');
      expect(await held.server.total()).toMatchObject({ refused: { 'max-per-source': 1 } });
    });

    test('requires it of those who are trusted, and takes none from others', async () => {
      await using served = await serve(['witness', 'hex'], '--proxy-from', '127.0.0.1', '--hello', '1');
      expect(await talk(served.port, { say: 'no header\r\n' })).toBe('');
      expect(await talk(served.port, { end: false })).toBe('');
      expect(await served.server.total()).toMatchObject({ refused: { hello: 2 }, started: 0 });
      await served.server.until('its PROXY header did not come in time');
      const header = v1('203.0.113.9', '10.0.0.7');
      // Whose address it is not: the service gets all it sent, in the domain of the real address.
      expect(await talk(served.port, { from: '127.0.0.2', say: header })).toBe(
        `foo.example ${hex(Buffer.from(header))}\n`,
      );
    });

    test('finds the name of a TLS client behind the balancer', async () => {
      await using served = await serve(
        ['witness', 'hex'],
        '--sni',
        '--proxy-from',
        '127.0.0.1',
        '--hello',
        '1',
      );
      const header = Buffer.from(v1('203.0.113.9', '127.0.0.2'));
      const say = (hello: Uint8Array) => Buffer.concat([header, hello]);
      expect(await talk(served.port, { say: say(opensslWithName) })).toBe(
        `foo.example ${hex(opensslWithName)}\n`,
      );
      expect(await talk(served.port, { say: say(opensslWithoutName) })).toBe(
        `bar.example ${hex(opensslWithoutName)}\n`,
      );
      // From somebody else there is no header, and the name counts all the same.
      expect(await talk(served.port, { from: '127.0.0.2', to: '127.0.0.2', say: opensslWithName })).toBe(
        `foo.example ${hex(opensslWithName)}\n`,
      );
      expect(await talk(served.port, { say: header, end: false })).toBe('');
      await served.server.until('its ClientHello did not come in time');
    });
  });
});
