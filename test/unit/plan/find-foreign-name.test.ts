import { describe, expect, it } from 'vitest';
import { findForeignName, listHostNames } from '../../../src/plan/find-foreign-name.ts';
import { textHost } from '../../support/text-host.ts';

describe('listHostNames', () => {
  it('gathers the names of the host and no one else’s', () => {
    const host = textHost({
      '/etc/hostname': 'Big\n',
      '/etc/mailname': 'mail.example.net\n',
      '/etc/hosts':
        '127.0.0.1 localhost\n127.0.1.1 big.example.net big # me\n192.0.2.9 printer\n::1 ip6-localhost localhost\n',
    });
    expect(listHostNames(host)).toEqual(['big', 'mail.example.net', 'big.example.net']);
  });

  it('is empty on a host that has no name', () => {
    expect(listHostNames(textHost({ '/etc/hostname': 'localhost\n' }))).toEqual([]);
    expect(listHostNames(textHost({ '/etc/x': '' }))).toEqual([]);
  });
});

describe('findForeignName', () => {
  it.each(['alias BIG', 'x=big;', 'big.local', '@big'])('finds the name in %s', (text) => {
    expect(findForeignName(text, ['other', 'big'])).toBe('big');
  });

  it.each(['bigger', 'abig', 'x-big', 'big-x', 'b.g'])('does not find it in %s', (text) => {
    expect(findForeignName(text, ['big'])).toBeUndefined();
  });

  it('takes a dot in a name for a dot', () => {
    expect(findForeignName('aXb', ['a.b'])).toBeUndefined();
    expect(findForeignName('see a.b!', ['a.b'])).toBe('a.b');
  });
});
