import { describe, expect, it } from 'vitest';
import { describeTable } from '../../../src/cli/describe-table.ts';
import { textWidth } from '../../../src/cli/text-width.ts';

const columns = [
  { title: 'DOMAIN', shrinks: true },
  { title: 'ADDRESSES', shrinks: true },
  { title: 'N', align: 'right' },
] as const;

describe('describeTable', () => {
  it('aligns its columns and leaves no space at line ends', () => {
    expect(
      describeTable(
        columns,
        [
          ['a.org', '192.0.2.1', '7'],
          ['longer.example', '-', '12'],
        ],
        80,
      ),
    ).toEqual([
      'DOMAIN          ADDRESSES   N',
      'a.org           192.0.2.1   7',
      'longer.example  -          12',
    ]);
  });

  it('wraps the widest cells to fit the terminal', () => {
    const lines = describeTable(columns, [['a.org', '192.0.2.1 2001:db8::1 2001:db8::2', '7']], 32);
    expect(lines).toEqual([
      'DOMAIN  ADDRESSES              N',
      'a.org   192.0.2.1 2001:db8::1  7',
      '        2001:db8::2',
    ]);
  });

  it('breaks a word that is longer than its column', () => {
    const lines = describeTable(columns, [['a.very-long-name-indeed.example', 'x', '1']], 30);
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(30);
    expect(
      lines
        .slice(1)
        .map((line) => line.slice(0, 16).trim())
        .join(''),
    ).toBe('a.very-long-name-indeed.example');
  });

  it('lines up wide and combining characters', () => {
    const lines = describeTable(
      columns,
      [
        ['日本.jp', 'x', '1'],
        ['e\u0301a.org', 'y', '2'],
      ],
      80,
    );
    expect(lines.map((line) => textWidth(line.slice(0, line.search(/ (?:ADDRESSES|x|y) /u))))).toEqual([
      8, 8, 8,
    ]);
  });

  it('needs no more room than there is where nothing may shrink', () => {
    expect(describeTable([{ title: 'A' }], [['x'.repeat(40)]], 10)).toEqual(['A', 'x'.repeat(40)]);
  });

  it('keeps every row in one line without a terminal', () => {
    const row = ['a.org', 'x '.repeat(400).trim(), '1'];
    expect(describeTable(columns, [row], Number.POSITIVE_INFINITY)).toHaveLength(2);
  });

  it('escapes what comes from outside', () => {
    expect(describeTable([{ title: 'NAME' }], [['a\u001b[31mb\nc\u202e']], 80)[1]).toBe(
      'a\\x1b[31mb\\x0ac\\u{202e}',
    );
  });
});
