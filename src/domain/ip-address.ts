import { isIP } from 'node:net';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/** An IPv4 or IPv6 address in its one canonical spelling (RFC 5952), v4-mapped as v4. Made by `parseIpAddress`. */
export type IpAddress = string & { readonly ipAddress: unique symbol };

/** Throws BAD_ADDRESS for anything but one address without zone, port or prefix length. */
export function parseIpAddress(text: string): IpAddress {
  const family = isIP(text);
  if (family === 4) return text as IpAddress;
  if (family === 6 && !text.includes('%')) return canonical6(text) as IpAddress;
  throw new VirtfsError('BAD_ADDRESS', {
    what: `'${escapeLines(text).slice(0, 80)}' is not an IP address`,
    why: 'it is neither IPv4 (192.0.2.1) nor IPv6 (2001:db8::1), or has a port, prefix length or zone',
    mend: 'give the address alone, once for each --address',
  });
}

function canonical6(text: string): string {
  // The URL standard prescribes the RFC 5952 spelling.
  const spelled = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/u.exec(spelled);
  if (!mapped) return spelled;
  const [high = 0, low = 0] = mapped.slice(1).map((part) => Number.parseInt(part, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
