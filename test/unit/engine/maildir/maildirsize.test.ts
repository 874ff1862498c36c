import { describe, expect, test } from 'vitest';
import {
  isOver,
  mustCountAgain,
  parseMaildirSize,
  renderChange,
  renderMaildirSize,
} from '../../../../src/engine/maildir/maildirsize.ts';

const quota = { bytes: 1000, messages: 10 };

describe('parseMaildirSize', () => {
  test('adds up the lines, of programs that pad them too', () => {
    const text = `${renderMaildirSize(quota, { bytes: 500, messages: 5 })}${renderChange({ bytes: -100, messages: -1 })}`;
    expect(text).toBe('1000S,10C\n500 5\n-100 -1\n');
    expect(parseMaildirSize(`${text}         7            1\n`, quota)).toEqual({
      bytes: 407,
      messages: 5,
      lines: 3,
    });
  });

  test('reads the limits in any order', () => {
    expect(parseMaildirSize('10C,1000S\n1 1\n', quota)).toMatchObject({ bytes: 1 });
  });

  test.for([
    ['of another quota', '2000S,10C\n1 1\n'],
    ['that is torn', '1000S,10C\n1 1\n2'],
    ['without a sum', '1000S,10C\n'],
    ['with less than nothing', '1000S,10C\n-1 1\n'],
    ['of other words', '1000S,10C\n1 one\n'],
    ['that is empty', ''],
    ['that is too long', `1000S,10C\n${'0 0\n'.repeat(1300)}`],
  ] as const)('believes none %s', ([, text]) => {
    expect(parseMaildirSize(text, quota)).toBeUndefined();
  });
});

describe('isOver', () => {
  test.for([
    [{ bytes: 900, messages: 1 }, { bytes: 100, messages: 1 }, false],
    [{ bytes: 900, messages: 1 }, { bytes: 101, messages: 1 }, true],
    [{ bytes: 0, messages: 10 }, { bytes: 0, messages: 1 }, true],
  ] as const)('of %o and %o is %s', ([usage, more, over]) => {
    expect(isOver(quota, usage, more)).toBe(over);
    expect(isOver({ bytes: undefined, messages: undefined }, usage, more)).toBe(false);
  });
});

describe('mustCountAgain', () => {
  test.for([
    [1, 60, false],
    [2, 60, true],
    [1, 1000, true],
    [1, -5, true],
  ] as const)('with %i lines %i seconds old is %s', ([lines, age, again]) => {
    expect(mustCountAgain({ bytes: 1, messages: 1, lines }, age)).toBe(again);
  });
});
