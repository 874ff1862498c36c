import { describe, expect, test } from 'vitest';
import { parsePam } from '../../../src/closure/parse-pam.ts';

describe('parsePam', () => {
  test('names modules and included files, each once in order', () => {
    const text = `
      # auth required pam_commented.so
      auth     required   pam_env.so envfile=/etc/default/locale
      auth     [success=1 default=ignore]  pam_unix.so nullok # pam_no.so
      account  include    system-auth
      password substack   password-auth
      @include common-session
      AUTH     Required   pam_env.so
      session  optional   /opt/pam/pam_own.so a b
      session  [success=ok \\] x] pam_bracket.so`;
    expect(parsePam(text)).toEqual({
      modules: ['pam_env.so', 'pam_unix.so', '/opt/pam/pam_own.so', 'pam_bracket.so'].map(required),
      includes: ['system-auth', 'password-auth', 'common-session'],
    });
  });

  test('joins a line with the next where it ends in a backslash', () => {
    expect(
      parsePam('auth \\\n required \\\n pam_a.so\\\n  arg\naccount required pam_b.so\n').modules,
    ).toEqual(['pam_a.so', 'pam_b.so'].map(required));
  });

  test('calls a module optional only if every line with it begins with a dash', () => {
    const text =
      '-session optional pam_systemd.so\n-auth optional pam_b.so\nauth required pam_b.so\n-auth required pam_b.so';
    expect(parsePam(text).modules).toEqual([
      { path: 'pam_systemd.so', optional: true },
      { path: 'pam_b.so', optional: false },
    ]);
  });

  test('names nothing for lines that break the rules', () => {
    expect(parsePam('auth required\nlogin auth required pam_a.so\n@include\nauth [x pam_a.so\n\\')).toEqual({
      modules: [],
      includes: [],
    });
  });
});

function required(path: string) {
  return { path, optional: false };
}
