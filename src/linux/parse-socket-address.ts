import { type IpAddress, parseIpAddress } from '../domain/ip-address.ts';

/** One end of a socket, as the kernel has it (ip(7), ipv6(7)). */
export type SocketAddress =
  | { readonly type: 'ip'; readonly address: IpAddress; readonly port: number }
  /** A UNIX socket, or of another family. */
  | { readonly type: 'other'; readonly family: number };

const inet = 2;
const inet6 = 10;

/**
 * The address in a `struct sockaddr`. A v4-mapped one is the IPv4 address; the zone of a link-local one is left out, for
 * CONF has none. Cut short, it is `other`.
 */
export function parseSocketAddress(bytes: Uint8Array): SocketAddress {
  const [low = 0, high = 0, portHigh = 0, portLow = 0] = bytes;
  // The family is in the machine's byte order: both machines we run on are little-endian.
  const family = low | (high << 8);
  const port = (portHigh << 8) | portLow;
  if (family === inet && bytes.length >= 8) return { type: 'ip', address: dotted(bytes, 4), port };
  if (family === inet6 && bytes.length >= 24) {
    return { type: 'ip', address: isMapped(bytes) ? dotted(bytes, 20) : address6(bytes), port };
  }
  return { type: 'other', family };
}

function isMapped(bytes: Uint8Array): boolean {
  for (let at = 8; at < 18; at++) if (bytes[at] !== 0) return false;
  return bytes[18] === 0xff && bytes[19] === 0xff;
}

/** Canonical as it is: nothing has to be parsed, which would take longer than the call that brought the address. */
function dotted(bytes: Uint8Array, at: number): IpAddress {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}` as IpAddress;
}

function address6(bytes: Uint8Array): IpAddress {
  const groups = Array.from({ length: 8 }, (_, group) => {
    const at = 8 + 2 * group;
    return (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16);
  });
  return parseIpAddress(groups.join(':'));
}
