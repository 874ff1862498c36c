import { describe, expect, test } from 'vitest';
import { passwordFieldOf, passwordState, putPasswordField } from '../../../src/domain/account-password.ts';

const hash = `$y$j9T$${'a'.repeat(22)}$${'b'.repeat(43)}`;
const files = {
  passwd: `bob:x:1:1::/:/bin/sh\nold:${hash}:2:2::/:/bin/sh\nempty::3:3::/:/bin/sh\nbare:x:4:4::/:/bin/sh\n`,
  group: '',
  shadow: `bob:!${hash}:5:0:99999:7:::8\n`,
  gshadow: '',
};

describe('passwordState', () => {
  test.each([
    [hash, 'set'],
    [`!${hash}`, 'locked'],
    [`!!${hash}`, 'locked'],
    ['abJnggxhB/yWI', 'set'],
    ['', 'open'],
    ['!', 'none'],
    ['*', 'none'],
    ['!*', 'none'],
    ['x', 'none'],
    ['*LK*', 'none'],
  ])('says of %j: %s', (field, state) => {
    expect(passwordState(field)).toBe(state);
  });
});

describe('passwordFieldOf', () => {
  test('asks shadow where passwd says so, and passwd itself where not', () => {
    expect(passwordFieldOf(files, 'bob')).toBe(`!${hash}`);
    expect(passwordFieldOf(files, 'old')).toBe(hash);
    expect(passwordFieldOf(files, 'empty')).toBe('');
  });

  test('takes an account without a line in shadow for closed', () => {
    expect(passwordFieldOf(files, 'bare')).toBe('!');
    expect(passwordFieldOf(files, 'nobody')).toBe('!');
  });
});

describe('putPasswordField', () => {
  test('changes hash and day, and keeps what else shadow says', () => {
    expect(putPasswordField(files, 'bob', hash, 20000).shadow).toBe(`bob:${hash}:20000:0:99999:7:::8\n`);
    expect(putPasswordField(files, 'bob', hash, undefined).shadow).toBe(`bob:${hash}:5:0:99999:7:::8\n`);
  });

  test('moves a password from passwd, where all can read it, to shadow', () => {
    const { passwd, shadow } = putPasswordField(files, 'old', '!', 1);
    expect(passwd).toContain('old:x:2:2::/:/bin/sh\n');
    expect(shadow).toContain('old:!:1:0:99999:7:::\n');
  });
});
