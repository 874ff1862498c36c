import { isIPv6 } from 'node:net';
import { type IpAddress, parseIpAddress } from '../domain/ip-address.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { MailListen } from './mail-listen.ts';

/** What the kernel has room for, with its last NUL (unix(7)). */
const longestPath = 107;

/** Reads where to listen: `unix:/PATH`, `127.0.0.1:PORT`, `[::1]:PORT`. Throws BAD_ADDRESS. */
export function parseMailListen(text: string): MailListen {
  if (text.startsWith('unix:')) return { type: 'unix', path: parsePath(text) };
  const found = /^(?:\[(?<v6>[^\]]*)\]|(?<v4>[^:[\]]*)):(?<port>\d{1,5})$/u.exec(text)?.groups;
  if (found === undefined) refuse(text, 'it is neither unix:PATH nor an address with a port');
  const port = Number(found.port);
  if (port < 1 || port > 65_535) refuse(text, 'ports go from 1 to 65535');
  if (found.v6 !== undefined && !isIPv6(found.v6)) refuse(text, 'only an IPv6 address stands in brackets');
  return { type: 'ip', address: parseIpAddress(found.v6 ?? found.v4 ?? ''), port };
}

/** As people write it. */
export function describeMailListen(place: MailListen): string {
  if (place.type === 'unix') return `unix:${place.path}`;
  return isIPv6(place.address) ? `[${place.address}]:${place.port}` : `${place.address}:${place.port}`;
}

/** Whether only this machine can reach it. */
export function isLoopback(address: IpAddress): boolean {
  return address === '::1' || /^127\.\d+\.\d+\.\d+$/u.test(address);
}

function parsePath(text: string): string {
  const path = text.slice('unix:'.length);
  if (!path.startsWith('/') || path.endsWith('/'))
    refuse(text, 'the path of a socket begins with / and ends with its name');
  if (escapeLines(path) !== path) refuse(text, 'the path holds control characters or a backslash');
  if (Buffer.byteLength(path) > longestPath) refuse(text, `the path is longer than ${longestPath} bytes`);
  return path;
}

function refuse(text: string, why: string): never {
  throw new VirtfsError('BAD_ADDRESS', {
    what: `'${escapeLines(text).slice(0, 80)}' is nothing virtmaild could listen on`,
    why,
    mend: 'give unix:PATH or ADDRESS:PORT: unix:/run/virtfs/lmtp.sock, 127.0.0.1:24, [::1]:24',
  });
}
