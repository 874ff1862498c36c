import { describe, expect, it } from 'vitest';
import { padEnd, takeWidth, textWidth } from '../../../src/cli/text-width.ts';
import { describeTerm, wrapText } from '../../../src/cli/wrap-text.ts';

describe('textWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['müller', 6],
    ['e\u0301', 1],
    ['日本', 4],
    ['한국', 4],
    ['ｆ', 2],
    ['👍🏽', 2],
    ['👩‍👩‍👧', 2],
    ['\u200b', 0],
    ['…→', 2],
  ])('of %j is %d', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('takeWidth', () => {
  it('never cuts what people see as one character', () => {
    expect(takeWidth('e\u0301e\u0301', 1)).toBe('e\u0301');
    expect(padEnd('日', 4)).toBe('日  ');
  });
});

describe('wrapText', () => {
  it('breaks at spaces', () => {
    expect(wrapText('one two three', 8)).toEqual(['one two', 'three']);
  });

  it('breaks a long word where it must', () => {
    expect(wrapText('ab cdefghij', 4)).toEqual(['ab', 'cdef', 'ghij']);
  });

  it('comes to an end in a column too narrow for a wide character', () => {
    expect(wrapText('日本', 1)).toEqual(['日', '本']);
  });

  it('sets a long term on a line of its own', () => {
    expect(describeTerm('--long-option X', 'what it does', 6, 40)).toEqual([
      '  --long-option X',
      '          what it does',
    ]);
  });
});
