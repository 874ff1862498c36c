import { describe, expect, it } from 'vitest';
import { parseAliases } from '../../../src/mail/parse-aliases.ts';

describe('parseAliases', () => {
  it('reads names in lower case, and lines that go on', () => {
    const text =
      '# comment\nPostmaster: root\nsales : bob,\n\tcarl\n   # in between\n anna@other.org\n\n"info":bob\r\nlast:x';
    expect([...parseAliases(text)]).toEqual([
      ['postmaster', 'root'],
      ['sales', 'bob,\n\tcarl\n anna@other.org'],
      ['info', 'bob'],
      ['last', 'x'],
    ]);
  });

  it('lets the first of two lines count', () => {
    expect(parseAliases('a: bob\nA: carl\n').get('a')).toBe('bob');
  });

  it('does not know lines that are none, and names no address has', () => {
    expect([
      ...parseAliases(' bob\nno colon\na/b: bob\n: bob\n"a b": bob\n..: bob\nx\0y: bob\n"open: bob'),
    ]).toEqual([]);
  });
});
