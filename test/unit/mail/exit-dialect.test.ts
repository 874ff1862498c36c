import { describe, expect, it } from 'vitest';
import { decideDialect, laterStatus } from '../../../src/mail/exit-dialect.ts';

const qmail = { EXT: 'bob', HOST: 'foo.bar.com' };

describe('decideDialect', () => {
  it.each([
    [[], qmail, 'qmail'],
    [[], { EXT: '', HOST: '' }, 'qmail'],
    [[], { EXT: 'bob' }, 'sysexits'],
    [[], {}, 'sysexits'],
    [['--exit-codes=sysexits'], qmail, 'sysexits'],
    [['--exit-codes', 'sysexits'], qmail, 'sysexits'],
    [['--exit-codes=qmail'], {}, 'qmail'],
    [['--exit-codes=sysexits', '--exit-codes', 'qmail'], {}, 'qmail'],
    [['--exit-codes=other'], qmail, 'qmail'],
    [['--exit-codes'], {}, 'sysexits'],
    [['qmail'], {}, 'sysexits'],
  ])('of %j with %j is %s', (words, env, dialect) => {
    expect(decideDialect(words, env)).toBe(dialect);
  });
});

describe('laterStatus', () => {
  it('is one the caller takes for later', () => {
    expect([laterStatus('qmail'), laterStatus('sysexits')]).toEqual([111, 75]);
  });
});
