import { describe, expect, test } from 'vitest';
import { parsePassword, parsePasswordHash } from '../../../src/domain/parse-password.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('parsePassword', () => {
  test.each(['x', 'with space: and ä', 'p'.repeat(511)])('takes %j', (text) => {
    expect(parsePassword(text)).toBe(text);
  });

  test.each(['', 'a\nb', 'a\rb', 'a\u0000b', '\u007f', 'a\ufffdb', 'p'.repeat(512), 'ä'.repeat(256)])(
    'refuses %j, and does not show it',
    (text) => {
      const error = thrownBy(() => parsePassword(text));
      expect(error.code).toBe('BAD_PASSWORD');
      if (text !== '') expect(`${error.what}${error.why}${error.mend}`).not.toContain(text);
    },
  );
});

describe('parsePasswordHash', () => {
  test.each([
    `$y$j9T$${'a'.repeat(22)}$${'b'.repeat(43)}`,
    `$6$rounds=5000$${'a'.repeat(16)}$${'b'.repeat(86)}`,
    `$2b$12$${'a'.repeat(53)}`,
  ])('takes %s', (hash) => {
    expect(parsePasswordHash(hash)).toBe(hash);
  });

  test.each([
    '',
    '!',
    '*',
    'plain',
    '$1$abc$def',
    'abJnggxhB/yWI',
    `$6$a$${'b'.repeat(86)}:0`,
    `$6$a$${'b'.repeat(86)}\n`,
  ])('refuses %j', (hash) => {
    expect(thrownBy(() => parsePasswordHash(hash)).code).toBe('BAD_PASSWORD');
  });
});
