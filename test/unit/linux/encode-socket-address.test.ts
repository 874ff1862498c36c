import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import { encodeSocketAddress } from '../../../src/linux/encode-socket-address.ts';
import { parseSocketAddress } from '../../../src/linux/parse-socket-address.ts';

describe('encodeSocketAddress', () => {
  it('writes what ip(7) and ipv6(7) lay down', () => {
    expect(Buffer.from(encodeSocketAddress('192.0.2.255', 8021)).toString('hex')).toBe(
      '02001f55c00002ff0000000000000000',
    );
    expect(Buffer.from(encodeSocketAddress('2001:db8::a', 21)).toString('hex')).toBe(
      '0a0000150000000020010db800000000000000000000000a00000000',
    );
  });

  it.each([
    '0.0.0.0',
    '127.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '2001:db8::',
    '2001:db8::1:0:0:1',
    '1:2:3:4:5:6:7:8',
    'fe80::1',
    '64:ff9b::c000:201',
  ])('writes %s so that it is read as it was', (text) => {
    const address = parseIpAddress(text);
    expect(parseSocketAddress(encodeSocketAddress(address, 65_535))).toEqual({
      type: 'ip',
      address,
      port: 65_535,
    });
  });
});
