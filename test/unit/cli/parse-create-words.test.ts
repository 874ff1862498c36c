import { describe, expect, it } from 'vitest';
import { parseCreateWords } from '../../../src/cli/parse-create-words.ts';

describe('parseCreateWords', () => {
  it('reads names and addresses in their one spelling, each once', () => {
    const words = parseCreateWords(['Example.ORG', 'example.org'], {
      address: ['2001:DB8:0::1', '192.0.2.1', '2001:db8::1'],
      alias: ['WWW.example.org', 'www.example.org'],
    });
    expect(words).toMatchObject({
      domains: ['example.org'],
      addresses: ['2001:db8::1', '192.0.2.1'],
      aliases: ['www.example.org'],
    });
  });

  it('joins profiles given by commas and by repetition', () => {
    expect(parseCreateWords([], { profile: ['login,web', 'web', 'mail'] }).profiles).toEqual([
      'login',
      'web',
      'mail',
    ]);
  });

  it('leaves open what is not said', () => {
    expect(parseCreateWords([], {})).toEqual({
      domains: [],
      profiles: undefined,
      addresses: undefined,
      aliases: [],
      admin: undefined,
      link: undefined,
    });
  });
});
