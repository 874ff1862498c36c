import { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { longestClientHello, parseClientHello } from '../../../src/virtuald/parse-client-hello.ts';
import { openssl12WithName, opensslWithName, opensslWithoutName } from '../../support/client-hellos.ts';
import { randomOf } from '../../support/draw.ts';

describe('parseClientHello', () => {
  it('reads the name out of what node:tls sends', async () => {
    const bytes = await nodeHello({ servername: 'www.One.example' });
    expect(parseClientHello(bytes)).toEqual({ type: 'name', name: 'www.one.example' });
  });

  it('reads the name out of what openssl sends, in lower case and without a final dot', () => {
    expect(parseClientHello(opensslWithName)).toEqual({ type: 'name', name: 'foo.example' });
    expect(parseClientHello(openssl12WithName)).toEqual({ type: 'name', name: 'mail.foo.example' });
  });

  it('finds none where none is asked for', async () => {
    expect(parseClientHello(opensslWithoutName)).toEqual({ type: 'none' });
    expect(parseClientHello(await nodeHello({}))).toEqual({ type: 'none' });
    expect(parseClientHello(record(handshake(hello(undefined))))).toEqual({ type: 'none' });
  });

  it.each([opensslWithName, openssl12WithName, opensslWithoutName])(
    'asks for more until the last byte is there',
    (whole) => {
      const answer = parseClientHello(whole);
      for (let length = 0; length < whole.length; length++) {
        const early = parseClientHello(whole.subarray(0, length));
        expect(early.type).toBe('more');
        // So many are really due, and no more: a client that sent all is not waited for.
        const { atLeast } = early as { atLeast: number };
        expect(atLeast).toBeGreaterThan(length);
        expect(atLeast).toBeLessThanOrEqual(whole.length);
      }
      expect(parseClientHello(Buffer.concat([whole, Buffer.from('more')]))).toEqual(answer);
    },
  );

  it('needs two steps for a ClientHello that comes in one record', () => {
    expect(parseClientHello(new Uint8Array())).toEqual({ type: 'more', atLeast: 5 });
    expect(parseClientHello(opensslWithName.subarray(0, 5))).toEqual({ type: 'more', atLeast: 9 });
    expect(parseClientHello(opensslWithName.subarray(0, 9))).toEqual({
      type: 'more',
      atLeast: opensslWithName.length,
    });
  });

  it('joins a ClientHello that is split over records', () => {
    const message = opensslWithName.subarray(5);
    for (const cut of [1, 2, 3, 4, 5, 40, message.length - 1]) {
      const split = Buffer.concat([record(message.subarray(0, cut)), record(message.subarray(cut))]);
      expect(parseClientHello(split)).toEqual({ type: 'name', name: 'foo.example' });
      for (let length = 0; length < split.length; length++)
        expect(parseClientHello(split.subarray(0, length)).type).toBe('more');
    }
  });

  it('refuses one that is split over more records than a client has reason to', () => {
    const message = opensslWithName.subarray(5);
    const inParts = (size: number) => {
      const starts = Array.from({ length: Math.ceil(message.length / size) }, (_, index) => index * size);
      return Buffer.concat(starts.map((start) => record(message.subarray(start, start + size))));
    };
    expect(parseClientHello(inParts(10)).type).toBe('name');
    expect(parseClientHello(inParts(1))).toMatchObject({
      type: 'bad',
      why: expect.stringContaining('records'),
    });
  });

  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
    ['a banner of SSH', Buffer.from('SSH-2.0-x\r\n')],
    ['SSLv2', Buffer.from([0x80, 0x2e, 1, 3, 1])],
    ['an alert', Buffer.from([21, 3, 1, 0, 2, 1, 0])],
    ['another version', Buffer.from([22, 2, 1])],
    ['an unknown minor version', Buffer.from([22, 3, 9])],
    ['an empty record', Buffer.from([22, 3, 1, 0, 0])],
    ['a record longer than TLS allows', Buffer.from([22, 3, 1, 0x40, 1])],
    ['a ServerHello', record(Buffer.from([2]))],
    ['one that is whole but for its type', record(Buffer.from([2, ...opensslWithName.subarray(6)]))],
    [
      'an alert between its records',
      Buffer.concat([record(opensslWithName.subarray(5, 40)), Buffer.from([21])]),
    ],
  ])('refuses %s at once', (_, bytes) => {
    expect(parseClientHello(bytes).type).toBe('bad');
  });

  it('refuses a ClientHello longer than the bound as soon as it says how long it is', () => {
    const long = Buffer.from([22, 3, 1, 0x3f, 0xff, 1, 0, 0x40, 0]);
    expect(parseClientHello(long)).toMatchObject({
      type: 'bad',
      why: expect.stringContaining('longer than 16384'),
    });
    expect(parseClientHello(Buffer.from([22, 3, 1, 0, 100, 1, 0, 0x40, 0])).type).toBe('bad');
    const last = longestClientHello - 5 - 4;
    const fits = Buffer.from([22, 3, 1, 0x3f, 0xfb, 1, 0, last >> 8, last & 255]);
    expect(parseClientHello(fits)).toEqual({ type: 'more', atLeast: longestClientHello });
  });

  it('refuses one that grows beyond the bound by the headers of its records', () => {
    const body = Buffer.alloc(longestClientHello - 5 - 4 - 3);
    const message = handshake(body);
    const split = Buffer.concat([record(message.subarray(0, 100)), record(message.subarray(100))]);
    expect(parseClientHello(split)).toMatchObject({
      type: 'bad',
      why: expect.stringContaining('longer than'),
    });
    expect(parseClientHello(split.subarray(0, 200))).toMatchObject({ type: 'bad' });
  });

  it.each([
    ['192.0.2.1', 'none'],
    ['localhost', 'none'],
    ['a_b.example', 'none'],
    ['-a.example', 'none'],
    ['..', 'none'],
    ['../../etc', 'none'],
    ['', 'bad'],
    ['one.example\0', 'bad'],
    ['one.example/\n', 'bad'],
    ['\u00fc.example', 'bad'],
    [`${'a.'.repeat(130)}example`, 'bad'],
  ])('takes the name %j for %s', (name, type) => {
    expect(parseClientHello(named(Buffer.from(name))).type).toBe(type);
  });

  it.each([
    ['a session id that is too long', hello(Buffer.alloc(0), { session: 33 })],
    ['an odd list of ciphers', hello(Buffer.alloc(0), { ciphers: 3 })],
    ['no cipher', hello(Buffer.alloc(0), { ciphers: 0 })],
    ['no compression', hello(Buffer.alloc(0), { compressions: 0 })],
    ['bytes behind its extensions', Buffer.concat([hello(Buffer.alloc(0)), Buffer.from([0])])],
    ['an extension that nobody knows, cut', hello(Buffer.from([0, 99, 0, 9, 0]))],
    ['an extension that is cut', hello(Buffer.from([0, 0, 0, 9, 0]))],
    [
      'two server names',
      hello(Buffer.concat([serverName(Buffer.from('a.b')), serverName(Buffer.from('c.d'))])),
    ],
    ['a list of server names with a wrong length', hello(Buffer.from([0, 0, 0, 4, 0, 9, 0, 0]))],
    ['an empty list of server names', hello(Buffer.from([0, 0, 0, 2, 0, 0]))],
    ['bytes behind the list', hello(Buffer.from([0, 0, 0, 9, 0, 6, 0, 0, 3, 97, 46, 98, 0]))],
    ['an unknown type of name', hello(Buffer.from([0, 0, 0, 8, 0, 6, 1, 0, 3, 97, 46, 98]))],
    ['nothing at all', Buffer.alloc(0)],
  ])('refuses %s', (_, body) => {
    expect(parseClientHello(record(handshake(body))).type).toBe('bad');
  });

  it('comes to an end with whatever is made of a ClientHello', () => {
    const random = randomOf(7);
    const below = (most: number) => Math.floor(random() * most);
    const seeds = [opensslWithName, openssl12WithName, opensslWithoutName];
    const types = new Map<string, number>();
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.from(seeds[below(3)] ?? opensslWithName);
      for (let change = below(4); change >= 0; change--)
        bytes[below(round % 2 ? 60 : bytes.length)] = below(256);
      const { type } = parseClientHello(bytes.subarray(0, round % 3 ? bytes.length : below(bytes.length)));
      types.set(type, (types.get(type) ?? 0) + 1);
    }
    expect([...types.keys()].toSorted()).toEqual(['bad', 'more', 'name', 'none']);
  });
});

function nodeHello(options: { readonly servername?: string }): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const write = (chunk: Buffer) => resolve(new Uint8Array(chunk));
    connect({ socket: new Duplex({ read: () => undefined, write }), ...options });
  });
}

function record(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([22, 3, 1, content.length >> 8, content.length & 255]), content]);
}

function handshake(body: Uint8Array): Buffer {
  return Buffer.concat([
    Buffer.from([1, body.length >> 16, (body.length >> 8) & 255, body.length & 255]),
    body,
  ]);
}

/** The body of a ClientHello with these extensions, or without any. */
function hello(
  extensions: Uint8Array | undefined,
  { session = 0, ciphers = 2, compressions = 1 } = {},
): Buffer {
  return Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32),
    Buffer.from([session]),
    Buffer.alloc(session),
    Buffer.from([0, ciphers]),
    Buffer.alloc(ciphers),
    Buffer.from([compressions]),
    Buffer.alloc(compressions),
    ...(extensions === undefined ? [] : [withLength(extensions)]),
  ]);
}

function serverName(name: Uint8Array): Buffer {
  const list = withLength(Buffer.concat([Buffer.from([0]), withLength(name)]));
  return Buffer.concat([Buffer.from([0, 0]), withLength(list)]);
}

function named(name: Uint8Array): Buffer {
  return record(handshake(hello(serverName(name))));
}

function withLength(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}
