import { describe, expect, test } from 'vitest';
import { parseSocketAddress } from '../../../src/linux/parse-socket-address.ts';

const v4 = [2, 0, 0x00, 0x15, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0];
const v6 = (...last: number[]) => {
  const address = [...new Array(16 - last.length).fill(0), ...last];
  return [10, 0, 0x1f, 0x90, 9, 9, 9, 9, ...address, 7, 0, 0, 0];
};
const parse = (bytes: readonly number[]) => parseSocketAddress(Uint8Array.from(bytes));

describe('parseSocketAddress', () => {
  test.each([
    ['IPv4', v4, '192.0.2.1', 21],
    ['IPv6, its zone and flow left out', v6(1), '::1', 8080],
    ['IPv4 mapped into IPv6', v6(0xff, 0xff, 10, 10, 10, 129), '10.10.10.129', 8080],
  ])('reads %s', (_, bytes, address, port) => {
    expect(parse(bytes)).toEqual({ type: 'ip', address, port });
  });

  test('reads what stands anywhere in a larger buffer', () => {
    const whole = Uint8Array.from([1, 2, 3, ...v4]);
    expect(parseSocketAddress(whole.subarray(3))).toMatchObject({ address: '192.0.2.1' });
  });

  test.each([
    ['a UNIX socket', [1, 0], 1],
    ['nothing', [], 0],
    ['an IPv4 address cut short', v4.slice(0, 7), 2],
    ['an IPv6 address cut short', v6(1).slice(0, 23), 10],
  ])('takes no address from %s', (_, bytes, family) => {
    expect(parse(bytes)).toEqual({ type: 'other', family });
  });
});
