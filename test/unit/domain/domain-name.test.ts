import { describe, expect, test } from 'vitest';
import { parseDomainName, unicodeForm, whyNotDomainName } from '../../../src/domain/domain-name.ts';
import { thrownBy } from '../../support/thrown.ts';

const label63 = 'a'.repeat(63);
const longest = `${label63}.${label63}.${label63}.${'a'.repeat(61)}`;

describe('parseDomainName', () => {
  // biome-ignore format: a table
  test.each([
    ['foo.bar.com',       'foo.bar.com'],
    ['FOO.Bar.COM',       'foo.bar.com'],
    ['a.b',               'a.b'],
    ['1.example.org',     '1.example.org'],
    ['x--y.example.org',  'x--y.example.org'],
    ['bücher.example',    'xn--bcher-kva.example'],
    ['BÜCHER.example',    'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['bücher。example',   'xn--bcher-kva.example'],
    [longest,             longest],
  ])('takes %s', (text, name) => {
    expect(parseDomainName(text)).toBe(name);
  });

  // biome-ignore format: a table
  test.each([
    ['nothing',               ''],
    ['a dot',                 '.'],
    ['two dots',              '..'],
    ['a way up',              '../etc'],
    ['a path',                'a.org/b'],
    ['a path of Windows',     'a.org\\b'],
    ['a leading dot',         '.example.org'],
    ['a final dot',           'example.org.'],
    ['an empty label',        'a..org'],
    ['one label',             'localhost'],
    ['a leading hyphen',      '-a.org'],
    ['a final hyphen',        'a-.org'],
    ['an underscore',         'a_b.org'],
    ['a space',               'a b.org'],
    ['a newline',             'a.org\n'],
    ['a null byte',           'a.org\0'],
    ['a port',                'a.org:80'],
    ['a percent code',        'a%2eb.org'],
    ['a scheme',              'http://a.org'],
    ['a user',                'me@a.org'],
    ['a query',               'a.org?x'],
    ['an address',            '192.0.2.1'],
    ['an address in brackets', '[::1]'],
    ['a number at the end',   'a.42'],
    ['a right-to-left mark',  'a\u200f.org'],
    ['a soft hyphen',         'a\u00adb.org'],
    ['a label of 64',         `${'a'.repeat(64)}.org`],
    ['254 characters in all', `${longest}a`],
    ['the state folder',      '.virtfs'],
  ])('refuses %s', (_, text) => {
    expect(thrownBy(() => parseDomainName(text)).code).toBe('BAD_DOMAIN_NAME');
  });

  test('names the rule, and shows no control character of what it refuses', () => {
    const error = thrownBy(() => parseDomainName('evil\u001b[2J.org'));
    expect(error.message).not.toContain('\u001b');
    expect(whyNotDomainName('a..org')).toContain('empty');
    expect(whyNotDomainName(`${'a'.repeat(64)}.org`)).toContain('63');
    expect(whyNotDomainName(`${longest}a`)).toContain('25');
    expect(whyNotDomainName('a.org')).toBeUndefined();
  });
});

describe('unicodeForm', () => {
  test('shows an IDN as people write it, and nothing for other names', () => {
    expect(unicodeForm(parseDomainName('bücher.example'))).toBe('bücher.example');
    expect(unicodeForm(parseDomainName('books.example'))).toBeUndefined();
  });
});
