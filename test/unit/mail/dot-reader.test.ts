import { describe, expect, test } from 'vitest';
import { DotReader } from '../../../src/mail/dot-reader.ts';

describe('DotReader', () => {
  // biome-ignore format: a table
  test.each([
    ['a\r\n.\r\n',              'a\r\n',          ''],
    ['.\r\n',                   '',               ''],
    ['.\r\nQUIT\r\n',           '',               'QUIT\r\n'],
    ['..\r\n.\r\n',             '.\r\n',          ''],
    ['a\r\n..\r\n...\r\n.\r\nb', 'a\r\n.\r\n..\r\n', 'b'],
    ['a\r\n.b\r\n.\r\n',        'a\r\nb\r\n',     ''],
    ['a\n.\n..\n.\r\n\r\n.\r\n', 'a\n.\n..\n.\r\n\r\n', ''],
    ['a\r.\r\r\n.\r\n',         'a\r.\r\r\n',     ''],
    ['a\r\n.\ra\r\n.\r\n',      'a\r\n\ra\r\n',   ''],
    ['a\r\n.\r\r\n.\r\n',       'a\r\n\r\r\n',    ''],
    ['a\r\n.\n.\r\n\r\n.\r\n',  'a\r\n\n.\r\n\r\n', ''],
  ])('reads %j as %j, whole or in pieces of any size', (wire, message, rest) => {
    for (let size = 1; size <= wire.length; size++) expect(read(wire, size)).toEqual({ message, rest });
  });

  test('says of a message whose end has not come that it goes on', () => {
    for (const wire of ['', 'a\r\n.', 'a\r\n.\r', 'a\r\n..\r\n', '.', 'a\n.\n', '\n.\r\n'])
      expect(read(wire, 2).rest, JSON.stringify(wire)).toBeUndefined();
  });

  test('gives back whatever was sent with a dot more before each line that begins with one', () => {
    let seed = 7;
    const draw = (most: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % most;
    };
    for (let round = 0; round < 3000; round++) {
      const characters = Array.from(
        { length: draw(30) },
        () => ['.', '\r', '\n', '\r\n', '\r\n.', 'x'][draw(6)],
      );
      const message = `${characters.join('')}\r\n`;
      const wire = `${message.replace(/(?<=^|\r\n)\./gu, '..')}.\r\nNOOP\r\n`;
      const { message: found, rest } = read(wire, 1 + draw(9));
      expect({ found, rest }).toEqual({ found: message, rest: 'NOOP\r\n' });
    }
  });
});

/** What it makes of text that comes in pieces of so many bytes. */
function read(wire: string, size: number): { message: string; rest: string | undefined } {
  const reader = new DotReader();
  let message = '';
  for (let at = 0; at < wire.length; at += size) {
    const piece = reader.read(Buffer.from(wire.slice(at, at + size), 'latin1'));
    message += Buffer.from(piece.message).toString('latin1');
    if (piece.rest !== undefined)
      return { message, rest: Buffer.from(piece.rest).toString('latin1') + wire.slice(at + size) };
  }
  return { message, rest: undefined };
}
