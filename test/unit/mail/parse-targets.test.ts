import { describe, expect, it } from 'vitest';
import { parseForward } from '../../../src/mail/parse-forward.ts';
import { parseTargets } from '../../../src/mail/parse-targets.ts';

describe('parseTargets', () => {
  it('reads names and addresses', () => {
    expect(
      parseTargets('bob, Carl Smith <carl@Other.org>,\\anna , "dora", <eve@other.org>,').targets,
    ).toEqual([
      { type: 'local', local: 'bob', isFinal: false },
      { type: 'address', local: 'carl', domain: 'other.org' },
      { type: 'local', local: 'anna', isFinal: true },
      { type: 'local', local: 'dora', isFinal: false },
      { type: 'address', local: 'eve', domain: 'other.org' },
    ]);
  });

  it.each([
    ['|/bin/sh', 'it is a program'],
    ['"|/bin/sh -c \'a, b\'"', 'it is a program'],
    ['"\\|/bin/sh"', 'it is a program'],
    ['\\|/bin/sh', 'it is a program'],
    ['|"/bin/sh -c id, x@y.org"', 'it is a program'],
    ['/var/mail/bob', 'it is a file'],
    ['./Maildir/', 'it is a file'],
    ['~/mbox', 'it is a file'],
    [':include:/etc/shadow', 'it is a list in a file, or a word of another mail program'],
    [':fail: gone', 'it is a list in a file, or a word of another mail program'],
    ['x@[127.0.0.1]', 'what follows the @ is no domain name'],
    ['a b', 'its local part holds a space, or a character nobody can see'],
    [`${'a'.repeat(2000)}@b.org`, 'it is longer than 1000 characters'],
  ])('lets %s not count', (text, why) => {
    expect(parseTargets(text)).toEqual({ targets: [], ignored: [{ text: text.slice(0, 200), why }] });
  });

  it('reads a thousand and no more', () => {
    const { targets, ignored } = parseTargets('a,'.repeat(5000));
    expect([targets.length, ignored.length]).toEqual([1000, 1]);
  });

  it.each(['"\\', '"', ','])('is done with a megabyte of %s', (text) => {
    expect(parseTargets(text.repeat(1 << 19)).targets).toEqual([]);
  });
});

describe('parseForward', () => {
  it('takes line ends for commas, and leaves comments out', () => {
    expect(parseForward('# copies\r\nbob\r\n\n  # more, x\ncarl, anna@other.org\n').targets).toEqual([
      { type: 'local', local: 'bob', isFinal: false },
      { type: 'local', local: 'carl', isFinal: false },
      { type: 'address', local: 'anna', domain: 'other.org' },
    ]);
  });
});
