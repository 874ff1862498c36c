import { describe, expect, test } from 'vitest';
import { parseKnownUserName, parseUserName } from '../../../src/domain/parse-user-name.ts';
import { thrownBy } from '../../support/thrown.ts';

const bad = [
  '',
  '-x',
  '1a',
  'Anna',
  'a b',
  'a:b',
  'anna\n',
  'a\nroot',
  'ann\u00e4',
  'a/b',
  '..',
  'a..b',
  '.a',
  'a.',
  'a'.repeat(33),
];

describe('parseUserName', () => {
  test.each(['bob', 'anna.smith', '_x1', 'site-admin', 'constructor', 'a'.repeat(32)])('takes %s', (name) => {
    expect(parseUserName(name)).toBe(name);
  });

  test.each([...bad, 'root', 'mail', 'www-data', 'shadow'])('refuses %j', (name) => {
    expect(thrownBy(() => parseUserName(name)).code).toBe('BAD_USER_NAME');
  });
});

describe('parseKnownUserName', () => {
  test.each(['root', 'Old_User', 'j\u00fcrgen', 'host$'])('takes %s, whom somebody else named', (name) => {
    expect(parseKnownUserName(name)).toBe(name);
  });

  test.each(['', 'a:b', 'a\nb', '+nis', '-x', '#c', 'a b', '\u0007', 'x'.repeat(300)])(
    'refuses %j',
    (name) => {
      expect(thrownBy(() => parseKnownUserName(name)).code).toBe('BAD_USER_NAME');
    },
  );
});
