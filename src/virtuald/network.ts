import { isIPv4 } from 'node:net';
import { type IpAddress, parseIpAddress } from '../domain/ip-address.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { Network } from './service.ts';

/**
 * Reads a network, or one address as a network of its own: `10.0.0.0/8`, `2001:db8::/32`, `192.0.2.7`. IPv4 within IPv6
 * is IPv4. Throws BAD_ADDRESS, also where the address has bits behind the prefix, which mostly is a slip.
 */
export function parseNetwork(text: string): Network {
  const [word = '', bits, ...others] = text.split('/');
  if (others.length > 0) refuse(text, 'it has more than one /');
  const address = parseIpAddress(word);
  const size = isIPv4(address) ? 32 : 128;
  if (bits === undefined) return { address, length: size };
  if (!/^\d{1,3}$/u.test(bits)) refuse(text, 'behind the / goes the length of the prefix, a number');
  // Spelled as IPv6, its prefix counts from the first bit of that.
  const length = Number(bits) - (size === 32 && word.includes(':') ? 96 : 0);
  if (length < 0 || length > size)
    refuse(text, `an IPv${size === 32 ? 4 : 6} prefix of ${bits} bits is none`);
  const first = toNumber(address) & ~lowBits(size - length);
  if (first !== toNumber(address)) {
    refuse(
      text,
      `there are bits behind the first ${length}: ${toText(first, size)}/${length} is meant, or the address alone`,
    );
  }
  return { address, length };
}

/** A list of networks, ready to be asked about one address after the other. */
export interface NetworkSet {
  /** By length of the prefix, what remains of each network without the other bits. */
  readonly v4: readonly (readonly [shift: bigint, prefixes: ReadonlySet<bigint>])[];
  readonly v6: readonly (readonly [shift: bigint, prefixes: ReadonlySet<bigint>])[];
}

/** A set that `isInNetworks` looks an address up in with one step a length of prefix, however many networks there are. */
export function gatherNetworks(networks: readonly Network[]): NetworkSet {
  return { v4: gather(networks, 32), v6: gather(networks, 128) };
}

/** True when one of the networks has the address. */
export function isInNetworks(set: NetworkSet, address: IpAddress): boolean {
  const list = isV4(address) ? set.v4 : set.v6;
  if (list.length === 0) return false;
  const number = toNumber(address);
  return list.some(([shift, prefixes]) => prefixes.has(number >> shift));
}

/** True when the network has the address. For many questions `gatherNetworks` is faster. */
export function contains(network: Network, address: IpAddress): boolean {
  return isInNetworks(gatherNetworks([network]), address);
}

/** Whom limits for each source count as one: an IPv4 address, or the /64 of IPv6 that one customer has at least. */
export function sourceOf(address: IpAddress): string {
  return isV4(address) ? address : `${toText((toNumber(address) >> 64n) << 64n, 128)}/64`;
}

/** An address was parsed before: what `isIPv4` would find out at length, one character tells. */
function isV4(address: IpAddress): boolean {
  return !address.includes(':');
}

function gather(networks: readonly Network[], size: number): NetworkSet['v4'] {
  const sets = new Map<bigint, Set<bigint>>();
  for (const { address, length } of networks) {
    if (isIPv4(address) !== (size === 32)) continue;
    const shift = BigInt(size - length);
    const set = sets.get(shift) ?? new Set();
    sets.set(shift, set.add(toNumber(address) >> shift));
  }
  return [...sets];
}

function toNumber(address: IpAddress): bigint {
  if (isIPv4(address)) return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  const [head = '', tail] = address.split('::');
  const before = groups(head);
  const after = groups(tail ?? '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce((sum, part) => (sum << 16n) | BigInt(`0x${part}`), 0n);
}

function groups(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}

function toText(number: bigint, size: number): IpAddress {
  const width = size === 32 ? 8n : 16n;
  const parts = Array.from({ length: size === 32 ? 4 : 8 }, (_, index) => {
    const part = (number >> (BigInt(size) - width * BigInt(index + 1))) & lowBits(Number(width));
    return part.toString(size === 32 ? 10 : 16);
  });
  return parseIpAddress(parts.join(size === 32 ? '.' : ':'));
}

function lowBits(count: number): bigint {
  return (1n << BigInt(count)) - 1n;
}

function refuse(text: string, why: string): never {
  throw new VirtfsError('BAD_ADDRESS', {
    what: `'${escapeLines(text).slice(0, 80)}' is no network`,
    why,
    mend: 'give a network as 192.0.2.0/24 or 2001:db8::/32, or one address',
  });
}
