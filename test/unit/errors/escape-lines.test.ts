import { describe, expect, test } from 'vitest';
import { escapeLines } from '../../../src/errors/escape-lines.ts';

describe('escapeLines', () => {
  test('leaves what people write as it is', () => {
    for (const text of ['', 'usr/bin/[', 'größe 日本語 عربى', '~!"#$%&()*+,-./:;<=>?@^_`{|}']) {
      expect(escapeLines(text)).toBe(text);
    }
  });

  test('shows every control character, so that one text stays one line of plain characters', () => {
    const controls = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index)];
    for (const code of controls) {
      expect(escapeLines(`a${String.fromCodePoint(code)}b`)).toBe(
        `a\\x${code.toString(16).padStart(2, '0')}b`,
      );
    }
    expect(escapeLines('\u001b[31mred\n')).toBe('\\x1b[31mred\\x0a');
  });

  test('shows what turns the direction of text, and the line ends of Unicode', () => {
    for (const char of '\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069') {
      expect(escapeLines(char)).toBe(`\\u{${char.codePointAt(0)?.toString(16)}}`);
    }
  });

  test('doubles backslashes, so that no text can look like an escaped one', () => {
    expect(escapeLines('\\x0a')).toBe('\\\\x0a');
    expect(escapeLines('\n')).not.toBe(escapeLines('\\x0a'));
  });
});
