import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/mail/parse-address.ts';

describe('parseAddress', () => {
  it.each([
    ['bob@example.org', 'bob', 'example.org'],
    ['Bob.Smith+list@Example.ORG', 'Bob.Smith+list', 'example.org'],
    ['"bob"@example.org', 'bob', 'example.org'],
    ['"b\\ob"@example.org', 'bob', 'example.org'],
    ['björn@bücher.example', 'björn', 'xn--bcher-kva.example'],
    ['bob@BÜCHER.example', 'bob', 'xn--bcher-kva.example'],
    ["o'neil&sons=x~1@example.org", "o'neil&sons=x~1", 'example.org'],
    [`${'a'.repeat(255)}@example.org`, 'a'.repeat(255), 'example.org'],
  ])('reads %s', (text, local, domain) => {
    expect(parseAddress(text)).toEqual({ type: 'address', local, domain });
  });

  it.each([
    ['', 'nothing'],
    ['bob', 'no domain'],
    ['@example.org', 'no local part'],
    ['@a.org,@b.org:bob@example.org', 'a source route'],
    ['a/b@example.org', 'a slash'],
    ['../../etc/passwd@example.org', 'a path'],
    ['"../x"@example.org', 'a path in quotes'],
    ['a..b@example.org', 'two dots'],
    ['.bob@example.org', 'a dot first'],
    ['bob.@example.org', 'a dot last'],
    ['..@example.org', 'dots alone'],
    ['bob\0@example.org', 'NUL'],
    ['bob\r\nRCPT TO:<x>@example.org', 'a line end'],
    ['bob\u007f@example.org', 'DEL'],
    ['bob\u0085@example.org', 'a C1 control character'],
    ['bob\u202eknil@example.org', 'a bidi override'],
    ['bo\u200bb@example.org', 'a zero-width space'],
    ['bob\ud800@example.org', 'half a surrogate pair'],
    ['bob\ufffd@example.org', 'bytes that were no UTF-8'],
    ['bob smith@example.org', 'a space'],
    ['"bob smith"@example.org', 'a space in quotes'],
    ['bob\u00a0@example.org', 'a hard space'],
    ['"bob@example.org', 'an open quote'],
    ['""@example.org', 'empty quotes'],
    ['"a@b"@example.org', 'an at in quotes'],
    ['a@b@example.org', 'two ats'],
    ['|id@example.org', 'a pipe'],
    ['bob%other.org@example.org', 'a percent hack'],
    ['other.org!bob@example.org', 'a bang path'],
    ['-oQ/tmp@example.org', 'an option and a path'],
    ['-froot@example.org', 'an option'],
    ['$(id);`id`@example.org', 'a shell command'],
    ['bob:x@example.org', 'a colon'],
    ['bob\\@example.org', 'a backslash'],
    ['<bob@example.org>', 'angle brackets'],
    [`${'a'.repeat(256)}@example.org`, 'a local part too long'],
    [`${'ü'.repeat(128)}@example.org`, 'a local part of too many bytes'],
    [`${'a'.repeat(10_240)}@example.org`, '10 kB'],
    [`bob@${'a.'.repeat(5000)}org`, 'a domain of 10 kB'],
    ['bob@', 'an empty domain'],
    ['bob@.', 'a dot as domain'],
    ['bob@x.', 'a label with a dot as domain'],
    ['bob@example.org.', 'a domain that ends with a dot'],
    ['bob@.example.org', 'a domain that begins with a dot'],
    ['bob@localhost', 'one label'],
    ['bob@example..org', 'an empty label'],
    ['bob@../etc', 'a path as domain'],
    ['bob@[192.0.2.1]', 'an address literal'],
    ['bob@192.0.2.1', 'numbers as domain'],
    ['bob@ｅｘａｍｐｌｅ.org', 'full-width letters as domain'],
    ['bob@example。org', 'an ideographic full stop'],
    ['bob@\u212aiosk.org', 'a Kelvin sign as domain'],
    ['bob@exa\u00admple.org', 'a soft hyphen in the domain'],
    ['bob@example.org\u200d', 'a joiner after the domain'],
  ])('refuses %j: %s', (text) => {
    const parsed = parseAddress(text);
    expect(parsed.type).toBe('bad');
    // It is sent to strangers, and logged.
    expect(parsed.type === 'bad' ? parsed.why : '').toMatch(/^[ -~]+$/u);
  });

  it('looks no further at a text of 10 kB', () => {
    expect(parseAddress(`${'a'.repeat(10_240)}@example.org`)).toMatchObject({
      why: 'it is longer than 600 characters',
    });
  });

  it('takes a Cyrillic look-alike for another name', () => {
    expect(parseAddress('bob@ex\u0430mple.org')).toMatchObject({ domain: 'xn--exmple-4nf.org' });
    expect(parseAddress('b\u043eb@example.org')).toMatchObject({ local: 'b\u043eb' });
  });
});
