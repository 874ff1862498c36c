import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import { decideAccess, gatherAccess } from '../../../src/virtuald/decide-access.ts';
import {
  contains,
  gatherNetworks,
  isInNetworks,
  parseNetwork,
  sourceOf,
} from '../../../src/virtuald/network.ts';
import { randomOf } from '../../support/draw.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('parseNetwork', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0', 8],
    ['192.0.2.7', '192.0.2.7', 32],
    ['0.0.0.0/0', '0.0.0.0', 0],
    ['2001:DB8::/32', '2001:db8::', 32],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1', 128],
    ['::/0', '::', 0],
    ['::ffff:10.0.0.0/104', '10.0.0.0', 8],
    ['::ffff:192.0.2.7', '192.0.2.7', 32],
    ['::ffff:192.0.2.7/128', '192.0.2.7', 32],
  ])('reads %s', (text, address, length) => {
    expect(parseNetwork(text)).toEqual({ address, length });
  });

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/8 ',
    '10/8',
    '10.0.0.0/0x8',
    '::/129',
    '10.0.0.0/255.0.0.0',
    'fe80::%eth0/64',
    'one.example',
    '::ffff:10.0.0.0/95',
    '::ffff:0.0.0.0/95',
    '10.0.0.0/1e1',
  ])('refuses %j', (text) => {
    expect(thrownBy(() => parseNetwork(text)).code).toBe('BAD_ADDRESS');
  });

  it('refuses bits behind the prefix, and says what may be meant', () => {
    expect(thrownBy(() => parseNetwork('10.1.2.3/8')).why).toContain('10.0.0.0/8');
    expect(thrownBy(() => parseNetwork('2001:db8:7::1/48')).why).toContain('2001:db8:7::/48');
  });
});

describe('contains', () => {
  it.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['192.0.2.0/25', '192.0.2.127', true],
    ['192.0.2.0/25', '192.0.2.128', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '192.0.2.1', false],
    ['::/0', 'ffff::', true],
    ['2001:db8::/33', '2001:db8:7fff:ffff::1', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['::1', '::1', true],
    ['::1', '::2', false],
  ])('%s has %s: %s', (network, address, answer) => {
    expect(contains(parseNetwork(network), parseIpAddress(address))).toBe(answer);
  });

  it('agrees with a comparison bit by bit', () => {
    const random = randomOf(3);
    for (let round = 0; round < 500; round++) {
      const bytes = Array.from({ length: 4 }, () => Math.floor(random() * 256));
      const length = Math.floor(random() * 33);
      const bits = bitsOf(bytes);
      const first = bits.slice(0, length).padEnd(32, '0');
      const other = bitsOf(
        bytes.map((byte) => (random() < 0.5 ? byte : byte ^ (1 << Math.floor(random() * 8)))),
      );
      const network = parseNetwork(`${dotted(first)}/${length}`);
      expect(contains(network, parseIpAddress(dotted(other)))).toBe(
        other.slice(0, length) === bits.slice(0, length),
      );
    }
  });
});

describe('isInNetworks', () => {
  it('looks in all networks of the family', () => {
    const set = gatherNetworks(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '192.0.2.9'].map(parseNetwork));
    const known = ['10.1.1.1', '192.0.2.7', '192.0.2.9', '2001:db8::5'].map(parseIpAddress);
    expect(known.every((address) => isInNetworks(set, address))).toBe(true);
    const unknown = ['192.0.2.8', '::1', '11.1.1.1'].map(parseIpAddress);
    expect(unknown.some((address) => isInNetworks(set, address))).toBe(false);
    expect(isInNetworks(gatherNetworks([]), parseIpAddress('::1'))).toBe(false);
  });
});

describe('sourceOf', () => {
  it('tells IPv4 addresses apart, and of IPv6 the /64', () => {
    expect(sourceOf(parseIpAddress('192.0.2.1'))).toBe('192.0.2.1');
    expect(sourceOf(parseIpAddress('::ffff:192.0.2.1'))).toBe('192.0.2.1');
    expect(sourceOf(parseIpAddress('2001:db8:1:2:3:4:5:6'))).toBe('2001:db8:1:2::/64');
    expect(sourceOf(parseIpAddress('2001:db8:1:2::1'))).toBe('2001:db8:1:2::/64');
    expect(sourceOf(parseIpAddress('2001:db8:1:3::1'))).toBe('2001:db8:1:3::/64');
    expect(sourceOf(parseIpAddress('::1'))).toBe('::/64');
  });
});

describe('decideAccess', () => {
  const decide = (allow: readonly string[] | undefined, deny: readonly string[], client: string) =>
    decideAccess(
      gatherAccess({ allow: allow?.map(parseNetwork), deny: deny.map(parseNetwork) }),
      parseIpAddress(client),
    );

  it('lets all in without lists', () => {
    expect(decide(undefined, [], '192.0.2.1')).toBe(true);
  });

  it('asks deny before allow', () => {
    expect(decide(['192.0.2.0/24'], ['192.0.2.7'], '192.0.2.7')).toBe(false);
    expect(decide(['192.0.2.0/24'], ['192.0.2.7'], '192.0.2.8')).toBe(true);
    expect(decide(undefined, ['2001:db8::/32'], '2001:db8::1')).toBe(false);
  });

  it('keeps all others out where there is an allow list, an empty one too', () => {
    expect(decide(['192.0.2.0/24'], [], '198.51.100.1')).toBe(false);
    expect(decide(['192.0.2.0/24'], [], '::1')).toBe(false);
    expect(decide([], [], '192.0.2.1')).toBe(false);
  });
});

function bitsOf(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

function dotted(bits: string): string {
  return (bits.match(/.{8}/gu) ?? []).map((byte) => Number.parseInt(byte, 2)).join('.');
}
