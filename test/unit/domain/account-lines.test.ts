import { describe, expect, test } from 'vitest';
import {
  decodeField,
  dropAccount,
  encodeField,
  findAccountFields,
  listAccounts,
  mapAccounts,
  putAccount,
} from '../../../src/domain/account-lines.ts';

const odd = '# a comment\nshort:x\nbad\xff\xfe:bytes\n\nroot:x:0:\n  spaced\n';
const nis = '+@netgroup:::\n-mallory:::\n+:::\n';
const bob = ['bob', 'x', '70001', ''];

describe('putAccount', () => {
  test('appends a line and keeps every other byte', () => {
    expect(putAccount('group', odd, bob)).toBe(`${odd}bob:x:70001:\n`);
  });

  test('appends before the lines of NIS, which speak of all that is not named before them', () => {
    expect(putAccount('group', `${odd}${nis}`, bob)).toBe(`${odd}bob:x:70001:\n${nis}`);
  });

  test('does not continue a last line that was cut short', () => {
    expect(putAccount('group', 'root:x:0:\nmai', bob)).toBe('root:x:0:\nmai\nbob:x:70001:\n');
    expect(putAccount('group', '', bob)).toBe('bob:x:70001:\n');
  });

  test('replaces the first line of the name, where it stands', () => {
    const text = `${odd}bob:x:1:\nbob:x:2:\nend:x:3:\n`;
    expect(putAccount('group', text, bob)).toBe(`${odd}bob:x:70001:\nbob:x:2:\nend:x:3:\n`);
  });

  test.each([['a:b'], ['a\nroot'], ['a\r'], ['\0'], ['\u2028']])(
    'makes no second line or field of %j',
    (field) => {
      expect(() => putAccount('group', odd, ['bob', 'x', '1', field])).toThrow('not a line of group');
    },
  );

  test('makes no line of another number of fields', () => {
    expect(() => putAccount('shadow', '', bob)).toThrow('not a line of shadow');
  });
});

describe('dropAccount', () => {
  test('removes every line of the name, and nothing else', () => {
    const text = `bob:x:1:\n${odd}bob:x:2:\nbob:damaged\n${nis}`;
    expect(dropAccount('group', text, 'bob')).toBe(`${odd}bob:damaged\n${nis}`);
  });

  test('knows no name of a comment or of NIS', () => {
    const text = '#:x:1:\n+:x:2:\n+bob:x:3:\n';
    for (const name of ['#', '+', '+bob', '']) expect(dropAccount('group', text, name)).toBe(text);
  });
});

describe('mapAccounts', () => {
  test('changes whole lines alone', () => {
    const text = `${odd}${nis}`;
    const changed = mapAccounts('group', text, ([name = '']) => [name, 'y', '7', '']);
    expect(changed).toBe(text.replace('root:x:0:', 'root:y:7:'));
  });

  test('gives the same text back when nothing is changed', () => {
    for (const text of ['', '\n', 'a:b', `${odd}${nis}`, 'a:x:1:'])
      expect(mapAccounts('group', text, () => undefined)).toBe(text);
  });
});

describe('listAccounts', () => {
  test('gives the fields of whole lines in order', () => {
    expect(listAccounts('group', `${odd}bob:x:1:a,b\n${nis}`)).toEqual([
      ['root', 'x', '0', ''],
      ['bob', 'x', '1', 'a,b'],
    ]);
  });

  test('is where findAccountFields finds the first of a name', () => {
    expect(findAccountFields('group', 'bob:x:1:\nbob:x:2:\n', 'bob')).toEqual(['bob', 'x', '1', '']);
    expect(findAccountFields('group', 'bob:x\n', 'bob')).toBeUndefined();
  });
});

test('A field in UTF-8 is kept as its bytes', () => {
  expect(encodeField('Änne')).toBe('\xc3\x84nne');
  expect(decodeField(encodeField('Änne'))).toBe('Änne');
});
