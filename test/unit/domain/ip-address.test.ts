import { describe, expect, test } from 'vitest';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('parseIpAddress', () => {
  // biome-ignore format: a table
  test.each([
    ['192.0.2.1',              '192.0.2.1'],
    ['255.255.255.255',        '255.255.255.255'],
    ['2001:DB8:0:0:0:0:0:1',   '2001:db8::1'],
    ['2001:db8::0:1',          '2001:db8::1'],
    ['2001:0db8:0:0:1:0:0:1',  '2001:db8::1:0:0:1'],
    ['::',                     '::'],
    ['::1',                    '::1'],
    ['::ffff:192.0.2.1',       '192.0.2.1'],
    ['::FFFF:c000:0201',       '192.0.2.1'],
    ['::ffff:0:1',             '0.0.0.1'],
  ])('spells %s as %s', (text, address) => {
    expect(parseIpAddress(text)).toBe(address);
  });

  // biome-ignore format: a table
  test.each([
    [''], ['1'], ['1.2.3'], ['1.2.3.4.5'], ['256.0.0.1'], ['01.2.3.4'], ['0x7f.0.0.1'], ['192.0.2.1:80'], ['192.0.2.1/24'],
    ['192.0.2.1 '], ['::1%lo'], ['fe80::1%eth0'], ['[::1]'], ['::1/128'], ['1::2::3'], ['g::1'], ['a.org'], ['192.0.2.1\n'],
  ])('refuses %j', (text) => {
    expect(thrownBy(() => parseIpAddress(text)).code).toBe('BAD_ADDRESS');
  });
});
