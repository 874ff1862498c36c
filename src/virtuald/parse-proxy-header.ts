import { isIP } from 'node:net';
import { type IpAddress, parseIpAddress } from '../domain/ip-address.ts';
import type { Endpoint } from './connection.ts';

/** What the bytes a proxy sends first say (PROXY protocol, version 1 and 2, as HAProxy's proxy-protocol.txt has it). */
export type ProxyHeader =
  /** Nothing can be said before there are `atLeast` bytes in all. */
  | { readonly type: 'more'; readonly atLeast: number }
  /** The header is the first `length` bytes and no more. Without ends, those of the connection itself count. */
  | {
      readonly type: 'header';
      readonly length: number;
      readonly source: Endpoint | undefined;
      readonly destination: Endpoint | undefined;
    }
  | { readonly type: 'bad'; readonly why: string };

/** The most bytes a header may have: version 1 has 107, and version 2 with a client's certificate some thousand. */
export const longestProxyHeader = 4096;

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const start1 = Buffer.from('PROXY ', 'latin1');
const longest1 = 107;
const head2 = 16;

/** Reads a PROXY header out of all bytes that came so far, which may go on behind it. */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeader {
  if (startsAlike(bytes, start1)) return parseLine(bytes);
  if (startsAlike(bytes, signature)) return parseBinary(bytes);
  return bad('it does not begin with a PROXY header');
}

function parseLine(bytes: Uint8Array): ProxyHeader {
  const first = Buffer.from(bytes.subarray(0, longest1)).toString('latin1');
  const end = first.indexOf('\r\n');
  if (end === -1) {
    if (bytes.length >= longest1) return bad(`its line has no end within ${longest1} bytes`);
    if (/\n|\r./su.test(first)) return bad('its line ends with something else than CR and LF');
    return { type: 'more', atLeast: bytes.length + (first.endsWith('\r') ? 1 : 2) };
  }
  const length = end + 2;
  const line = first.slice(start1.length, end);
  if (/^UNKNOWN(?: |$)/u.test(line)) return header(length);
  const words = /^TCP([46]) ([\da-fA-F.:]+) ([\da-fA-F.:]+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4})$/u.exec(line);
  const [, family, from = '', to = '', fromPort, toPort] = words ?? [];
  const ports = [Number(fromPort), Number(toPort)] as const;
  if (isIP(from) !== Number(family) || isIP(to) !== Number(family) || !(Math.max(...ports) <= 65_535))
    return bad('its line is not PROXY, TCP4, TCP6 or UNKNOWN, two addresses and two ports');
  return header(length, [
    { address: parseIpAddress(from), port: ports[0] },
    { address: parseIpAddress(to), port: ports[1] },
  ]);
}

function parseBinary(bytes: Uint8Array): ProxyHeader {
  const [versionAndCommand, familyAndProtocol] = bytes.subarray(signature.length, head2);
  if (versionAndCommand !== undefined && versionAndCommand !== 0x20 && versionAndCommand !== 0x21)
    return bad('its version or command is unknown');
  if (bytes.length < head2) return { type: 'more', atLeast: head2 };
  const length = head2 + readNumber(bytes, 14);
  if (length > longestProxyHeader) return bad(`it is longer than ${longestProxyHeader} bytes`);
  const isLocal = versionAndCommand === 0x20;
  const ends = isLocal ? { size: 0, unit: 0 } : familyOf(familyAndProtocol ?? 0);
  if (ends === undefined) return bad('its address family or protocol is unknown');
  if (length < head2 + ends.size) return bad('it is too short for its addresses');
  if (bytes.length < length) return { type: 'more', atLeast: length };
  return ends.unit === 0 ? header(length) : header(length, readEnds(bytes, ends.unit));
}

interface Ends {
  /** Bytes of both addresses and both ports. */
  readonly size: number;
  /** Bytes of one address; 0 where there is none of TCP. */
  readonly unit: number;
}

function familyOf(byte: number): Ends | undefined {
  const [family, protocol] = [byte >> 4, byte & 15];
  if (family > 3 || protocol > 2) return undefined;
  if (family === 0 || protocol === 0) return { size: 0, unit: 0 };
  const sizes: readonly Ends[] = [
    { size: 12, unit: 4 },
    { size: 36, unit: 16 },
    { size: 216, unit: 0 },
  ];
  const ends = sizes[family - 1];
  // Datagrams do not come through a TCP connection: what is said of them is about something else.
  return protocol === 1 ? ends : ends && { size: ends.size, unit: 0 };
}

function readEnds(bytes: Uint8Array, unit: number): readonly [source: Endpoint, destination: Endpoint] {
  const ports = head2 + 2 * unit;
  return [
    { address: readAddress(bytes, head2, unit), port: readNumber(bytes, ports) },
    { address: readAddress(bytes, head2 + unit, unit), port: readNumber(bytes, ports + 2) },
  ];
}

function readAddress(bytes: Uint8Array, at: number, unit: number): IpAddress {
  if (unit === 4) return parseIpAddress(bytes.subarray(at, at + unit).join('.'));
  const groups = Array.from({ length: 8 }, (_, index) => readNumber(bytes, at + 2 * index).toString(16));
  return parseIpAddress(groups.join(':'));
}

function readNumber(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
}

/** True when the bytes that are there are those of `start`, or begin with it. */
function startsAlike(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.subarray(0, bytes.length).every((byte, index) => byte === bytes[index]);
}

function header(length: number, ends?: readonly [source: Endpoint, destination: Endpoint]): ProxyHeader {
  return { type: 'header', length, source: ends?.[0], destination: ends?.[1] };
}

function bad(why: string): ProxyHeader {
  return { type: 'bad', why };
}
