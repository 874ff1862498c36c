import { lowerAscii } from '../domain/lower-ascii.ts';

/**
 * True when a message has been at `address` before: a `Delivered-To` line of its header names it. `beginning` is the
 * message from its first byte, one character a byte (latin1), the whole header or as much of it as is kept.
 */
export function hasDeliveredTo(beginning: string, address: string): boolean {
  const wanted = lowerAscii(Buffer.from(address).toString('latin1'));
  const end = /\r?\n\r?\n/u.exec(beginning)?.index ?? beginning.length;
  const header = beginning.slice(0, end);
  return header
    .matchAll(/^delivered-to:(.*)$/gimu)
    .some(([, value = '']) => lowerAscii(value.trim()) === wanted);
}
