import { describe, expect, test } from 'vitest';
import { parsePasswd } from '../../../src/domain/parse-passwd.ts';

const passwd = [
  'root:x:0:0:root:/root:/bin/bash',
  '+nis:x:5:5::/:/bin/sh',
  'short:x:1:1',
  'bob:x:70001:70001:Bob,,,:/home/b/bob:/bin/sh',
  'bob:x:0:0:a second bob:/:/bin/sh',
  'bare:x:70002:70002:::',
  'huge:x:4294967295:70003::/:/bin/sh',
  'odd:x:-1:70003::/:/bin/sh',
  'hex:x:0x10:70003::/:/bin/sh',
  'bell:x:70004:70004::/home/\u0007:/bin/sh',
  '70005:x:70001:70001::/by-name:/bin/sh',
  'numbered:x:70005:70001::/by-number:/bin/sh',
].join('\n');

describe('parsePasswd', () => {
  test('finds an account by name, the first of two', () => {
    expect(parsePasswd(passwd, 'bob')).toEqual({
      name: 'bob',
      uid: 70001,
      gid: 70001,
      gecos: 'Bob,,,',
      home: '/home/b/bob',
      shell: '/bin/sh',
    });
  });

  test('finds an account by number when no name is that number', () => {
    expect(parsePasswd(passwd, '70001')?.name).toBe('bob');
    expect(parsePasswd(passwd, '70005')?.home).toBe('/by-name');
  });

  test('puts defaults where home and shell are empty', () => {
    expect(parsePasswd(passwd, 'bare')).toMatchObject({ home: '/', shell: '/bin/sh' });
  });

  test.each(['short', '+nis', 'huge', 'odd', 'hex', 'bell', 'nobody', '', 'x', '007'])(
    'finds no account %j',
    (name) => {
      expect(parsePasswd(passwd, name)).toBeUndefined();
    },
  );

  test('reads an empty file', () => {
    expect(parsePasswd('', 'root')).toBeUndefined();
    expect(parsePasswd('', '')).toBeUndefined();
  });
});
