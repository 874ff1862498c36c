import { describe, expect, test } from 'vitest';
import { parseGecos, parseHome, parseShell } from '../../../src/domain/parse-user-fields.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('parseGecos', () => {
  test.each(['', 'Änna Smith, room 5'])('takes %j', (text) => {
    expect(parseGecos(text)).toBe(text);
  });

  test.each(['a:b', 'a\nroot::0:0', '\u001b[2J', 'a\u2028b', 'x'.repeat(201)])('refuses %j', (text) => {
    expect(thrownBy(() => parseGecos(text)).code).toBe('BAD_USER_FIELD');
  });
});

describe('parseShell', () => {
  test('takes an absolute path', () => {
    expect(parseShell('/usr/bin/git-shell')).toBe('/usr/bin/git-shell');
  });

  test.each([
    '',
    'bash',
    '/',
    '/bin//sh',
    '/bin/../sh',
    '/bin/sh -c',
    '/a:b',
    '/bin/sh\n',
    `/${'x'.repeat(255)}`,
  ])('refuses %j', (text) => {
    expect(thrownBy(() => parseShell(text)).code).toBe('BAD_USER_FIELD');
  });
});

describe('parseHome', () => {
  test.each(['/home/b/bob', '/home/g/guest1/./incoming', '/srv/ftp'])('takes %s', (text) => {
    expect(parseHome(text)).toBe(text);
  });

  test.each(['/', '/etc', 'home/b', '/home/../etc/x', '/home/./a/./b', '/home/b/', '/./x'])(
    'refuses %j',
    (text) => {
      expect(thrownBy(() => parseHome(text)).code).toBe('BAD_USER_FIELD');
    },
  );
});
