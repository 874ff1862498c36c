import { describe, expect, it } from 'vitest';
import { DotReader } from '../../../src/mail/dot-reader.ts';
import { DataEncoder } from '../../../src/mail/encode-data.ts';

const messages: readonly (readonly [message: string, onTheWire: string])[] = [
  ['Subject: x\n\nhi\n', 'Subject: x\n\nhi\r\n.\r\n'],
  ['Subject: x\r\n\r\nhi\r\n', 'Subject: x\r\n\r\nhi\r\n.\r\n'],
  ['no end of line', 'no end of line\r\n.\r\n'],
  ['.\r\n.\r\n..\r\n', '..\r\n..\r\n...\r\n.\r\n'],
  ['a\n.\nb\n', 'a\n.\nb\r\n.\r\n'],
  ['a\r\n.\n', 'a\r\n..\r\n.\r\n'],
  ['a\n\n\n', 'a\n\n\r\n.\r\n'],
  ['a\0b\rc\r\n', 'a\0b\rc\r\n.\r\n'],
  ['a\r', 'a\r\r\n.\r\n'],
  ['\n', '\r\n.\r\n'],
  ['a\r\n\n', 'a\r\n\r\n.\r\n'],
];

describe('DataEncoder', () => {
  it.each(messages)('encodes %j', (message, onTheWire) => {
    expect(encode(message, message.length)).toBe(onTheWire);
  });

  it.each(messages)('encodes %j the same in pieces of any size', (message, onTheWire) => {
    for (let size = 1; size < message.length; size++) expect(encode(message, size)).toBe(onTheWire);
  });

  it.each(messages)('makes of %j what virtmaild reads whole, and nothing behind it', (message) => {
    const { message: read, rest } = new DotReader().read(Buffer.from(encode(message, 3)));
    const whole = message.endsWith('\r\n') ? message : message.replace(/\n$/u, '').concat('\r\n');
    expect([Buffer.from(read).toString(), Buffer.from(rest ?? 'open').toString()]).toEqual([whole, '']);
  });

  it('leaves memory it was given to be used again', () => {
    const encoder = new DataEncoder();
    const piece = Buffer.from('one\n');
    const first = Buffer.from(encoder.encode(piece));
    piece.fill('x');
    expect(first.toString() + Buffer.from(encoder.encode(Buffer.from('two\n'))).toString()).toBe('one\ntwo');
  });
});

function encode(message: string, size: number): string {
  const encoder = new DataEncoder();
  const bytes = Buffer.from(message);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(encoder.encode(bytes.subarray(at, at + size)));
  return Buffer.concat([...parts, encoder.end()]).toString();
}
