import { describe, expect, test } from 'vitest';
import { parseCall } from '../../../../src/cli/virtexec/parse-call.ts';

const nothing = { type: 'run', domain: undefined, root: undefined, user: undefined, yes: false };

describe('parseCall', () => {
  test('ends its own options at the first word that is none', () => {
    expect(parseCall(['--domain', 'a.example', 'ls', '--domain', 'b.example', '--help'])).toEqual({
      ...nothing,
      domain: 'a.example',
      programAt: 2,
    });
  });

  test('takes values behind = and beside, the last of two', () => {
    expect(parseCall(['--root=/r', '--user', 'bob', '--yes', '--root', '/s', 'ls'])).toEqual({
      ...nothing,
      root: '/s',
      user: 'bob',
      yes: true,
      programAt: 6,
    });
  });

  test('takes -- as the end of its options, and an empty word, a dash and - as programs', () => {
    expect(parseCall(['--', '--odd'])).toEqual({ ...nothing, programAt: 1 });
    expect(parseCall(['', 'x'])).toEqual({ ...nothing, programAt: 0 });
    expect(parseCall(['-'])).toEqual({ ...nothing, programAt: 0 });
  });

  test('explains itself alone and on request', () => {
    expect(parseCall([])).toEqual({ type: 'help' });
    expect(parseCall(['--help'])).toEqual({ type: 'help' });
    expect(parseCall(['-V'])).toEqual({ type: 'version' });
  });

  test('makes links in a folder or beside itself', () => {
    expect(parseCall(['--links'])).toEqual({ type: 'links', dir: undefined });
    expect(parseCall(['--links', '/usr/local/sbin'])).toEqual({ type: 'links', dir: '/usr/local/sbin' });
  });

  test.each([
    [['--domain']],
    [['--domain', '--user', 'x', 'ls']],
    [['--domain=', 'ls']],
    [['--yes=no', 'ls']],
    [['--nosuch', 'ls']],
    [['-x', 'ls']],
    [['--domain', 'a.example']],
    [['--']],
    [['--links', '/a', '/b']],
  ])('refuses %j', (words) => {
    expect(() => parseCall(words)).toThrow(expect.objectContaining({ code: 'BAD_USAGE' }));
  });
});
