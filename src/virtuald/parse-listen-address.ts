import { isIPv6 } from 'node:net';
import { parseIpAddress } from '../domain/ip-address.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { ListenAddress } from './service.ts';

/** The TCP port of a name of services(5), if it has one. */
export type FindPort = (name: string) => number | undefined;

/**
 * Reads where to listen: `PORT` or `SERVICE` for all addresses, which `*` says too, `192.0.2.1:PORT`, `[2001:db8::1]:PORT`.
 * Throws BAD_ADDRESS.
 */
export function parseListenAddress(text: string, findPort: FindPort): ListenAddress {
  const colon = text.lastIndexOf(':');
  if (isIPv6(text)) refuse(text, 'an IPv6 address stands in brackets and has a port behind them');
  const host = colon === -1 ? '*' : text.slice(0, colon);
  const word = text.slice(colon + 1);
  const address = host === '*' ? undefined : parseIpAddress(withoutBrackets(host));
  const port = /^\d+$/u.test(word) ? Number(word) : findPort(word);
  if (port === undefined)
    refuse(text, `'${shown(word)}' is neither a number nor a TCP service of /etc/services`);
  if (port < 1 || port > 65_535) refuse(text, 'ports go from 1 to 65535');
  return { address, port };
}

/** An address to listen on as people write it. */
export function describeListenAddress({ address, port }: ListenAddress): string {
  if (address === undefined) return `*:${port}`;
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

function withoutBrackets(host: string): string {
  const inside = /^\[(.*)\]$/su.exec(host)?.[1];
  // Only IPv6 has brackets, and has them always.
  return inside !== undefined && isIPv6(inside) ? inside : host.replaceAll(':', ' ');
}

function refuse(text: string, why: string): never {
  throw new VirtfsError('BAD_ADDRESS', {
    what: `'${shown(text)}' is nothing to listen on`,
    why,
    mend: 'give ADDRESS:PORT, [V6]:PORT, PORT or the name of a service: 192.0.2.1:21, [2001:db8::1]:21, 21, ftp',
  });
}

function shown(text: string): string {
  return escapeLines(text).slice(0, 80);
}
