import { describe, expect, it } from 'vitest';
import { longestProxyHeader, parseProxyHeader } from '../../../src/virtuald/parse-proxy-header.ts';
import { randomOf } from '../../support/draw.ts';

const v4 = {
  source: { address: '192.168.0.1', port: 56_324 },
  destination: { address: '192.168.0.11', port: 443 },
};
const v6 = { source: { address: '2001:db8::1', port: 1 }, destination: { address: '::1', port: 65_535 } };
const none = { source: undefined, destination: undefined };

const line4 = Buffer.from('PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n');
const binary4 = binary(0x21, 0x11, [192, 168, 0, 1, 192, 168, 0, 11, 0xdc, 0x04, 0x01, 0xbb]);
const binary6 = binary(0x21, 0x21, [...bytes6('20010db8', '1'), ...bytes6('', '1'), 0, 1, 255, 255]);

describe('parseProxyHeader', () => {
  it.each([
    ['a line of IPv4', line4, v4],
    ['a line of IPv6', Buffer.from('PROXY TCP6 2001:DB8:0::1 ::1 1 65535\r\n'), v6],
    ['IPv4 in a line of IPv6', Buffer.from('PROXY TCP6 ::ffff:192.168.0.1 ::ffff:c0a8:b 56324 443\r\n'), v4],
    ['a line that says unknown', Buffer.from('PROXY UNKNOWN\r\n'), none],
    ['one that says more', Buffer.from('PROXY UNKNOWN ffff::1 ffff::2 65535 x\r\n'), none],
    ['version 2 of IPv4', binary4, v4],
    ['version 2 of IPv6', binary6, v6],
    [
      'version 2 with more behind its addresses',
      binary(0x21, 0x11, [...binary4.subarray(16), 4, 0, 1, 7]),
      v4,
    ],
    ['a check of the proxy itself', binary(0x20, 0, []), none],
    ['one with addresses and any family', binary(0x20, 0xff, [...binary4.subarray(16)]), none],
    ['an unspecified family', binary(0x21, 0, [1, 2, 3]), none],
    [
      'a UNIX socket',
      binary(
        0x21,
        0x31,
        Array.from({ length: 216 }, () => 65),
      ),
      none,
    ],
    ['datagrams', binary(0x21, 0x12, [...binary4.subarray(16)]), none],
  ])('takes %s', (_, bytes, ends) => {
    const answer = { type: 'header', length: bytes.length, ...ends };
    expect(parseProxyHeader(bytes)).toEqual(answer);
    // What follows is the client's, even where it looks like more of the header.
    for (const behind of ['\r\n', 'GET /', line4.toString()])
      expect(parseProxyHeader(Buffer.concat([bytes, Buffer.from(behind)]))).toEqual(answer);
    for (let length = 0; length < bytes.length; length++) {
      const early = parseProxyHeader(bytes.subarray(0, length));
      expect(early).toMatchObject({ type: 'more' });
      const { atLeast } = early as { atLeast: number };
      expect(atLeast).toBeGreaterThan(length);
      expect(atLeast).toBeLessThanOrEqual(bytes.length);
    }
  });

  it.each([
    'GET / HTTP/1.1\r\n',
    'PROXY\r\n',
    'PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r \n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n',
    'PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n',
    'PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n',
    'PROXY TCP4 ::1 192.0.2.2 1 2\r\n',
    'PROXY TCP6 192.0.2.1 ::1 1 2\r\n',
    'PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n',
    'PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n',
    'PROXY UNKNOWNX\r\n',
    'proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n',
    `PROXY UNKNOWN ${'x'.repeat(92)}\r\n`,
  ])('refuses %j', (text) => {
    expect(parseProxyHeader(Buffer.from(text)).type).toBe('bad');
  });

  it('takes a line of 107 bytes and waits for no longer one', () => {
    const longest = `PROXY UNKNOWN ${'x'.repeat(91)}\r\n`;
    expect(parseProxyHeader(Buffer.from(longest))).toMatchObject({ type: 'header', length: 107 });
    const endless = Buffer.from(`PROXY UNKNOWN ${'x'.repeat(200)}`);
    expect(parseProxyHeader(endless.subarray(0, 105)).type).toBe('more');
    expect(parseProxyHeader(endless.subarray(0, 107)).type).toBe('bad');
  });

  it.each([
    ['another version', binary(0x31, 0x11, [...binary4.subarray(16)])],
    ['another command', binary(0x22, 0x11, [...binary4.subarray(16)])],
    ['another family', binary(0x21, 0x41, [...binary4.subarray(16)])],
    ['another family of no protocol', binary(0x21, 0x40, [])],
    ['another protocol', binary(0x21, 0x13, [...binary4.subarray(16)])],
    ['fewer bytes than IPv4 has', binary(0x21, 0x11, [...binary4.subarray(16, 27)])],
    ['fewer bytes than IPv6 has', binary(0x21, 0x21, [...binary4.subarray(16)])],
    ['fewer bytes than a UNIX socket has', binary(0x21, 0x31, [0])],
    ['a damaged signature', Buffer.from('\r\n\r\n\0\r\nQUIX\n', 'latin1')],
  ])('refuses version 2 with %s', (_, bytes) => {
    expect(parseProxyHeader(bytes).type).toBe('bad');
  });

  it('waits for a header of the greatest length, and refuses a longer one at once', () => {
    const length = longestProxyHeader - 16;
    const head = binary(0x21, 0x11, []).subarray(0, 14);
    const upTo = Buffer.concat([head, Buffer.from([length >> 8, length & 255])]);
    expect(parseProxyHeader(upTo)).toEqual({ type: 'more', atLeast: longestProxyHeader });
    const beyond = Buffer.concat([head, Buffer.from([length >> 8, (length & 255) + 1])]);
    expect(parseProxyHeader(beyond).type).toBe('bad');
  });

  it('comes to an end with whatever is made of a header, and never takes more than there is', () => {
    const random = randomOf(11);
    const below = (most: number) => Math.floor(random() * most);
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.from([line4, binary4, binary6][below(3)] ?? line4);
      for (let change = below(3); change >= 0; change--) bytes[below(bytes.length)] = below(256);
      const read = parseProxyHeader(bytes.subarray(0, below(bytes.length + 1)));
      if (read.type === 'header') expect(read.length).toBeLessThanOrEqual(bytes.length);
      else expect(['more', 'bad']).toContain(read.type);
    }
  });
});

function binary(versionAndCommand: number, family: number, rest: readonly number[]): Buffer {
  return Buffer.concat([
    Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'),
    Buffer.from([versionAndCommand, family, rest.length >> 8, rest.length & 255, ...rest]),
  ]);
}

/** 16 bytes that begin and end as these hexadecimal digits say. */
function bytes6(start: string, end: string): readonly number[] {
  return [...Buffer.from(start + end.padStart(32 - start.length, '0'), 'hex')];
}
