import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { parseDeclaredHost } from '../../../src/domain/parse-declared-host.ts';
import { declare, declareUser, hash1, hash2 } from '../../support/declared.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('parseDeclaredHost', () => {
  test('reads domains and their users', () => {
    const [one, two] = declare({
      'One.org': {
        profiles: ['small'],
        addresses: ['192.0.2.1', '2001:DB8::0:1'],
        aliases: ['www.one.org', 'bücher.example'],
        admin: 'boss',
        services: ['ftp', 'pop', 'ftp'],
        groups: ['devs', 'devs'],
        users: {
          anna: {
            'full-name': 'Anna Ä',
            shell: '/bin/sh',
            home: '/home/x/anna',
            uid: 200_010,
            groups: ['www', 'anna', 'devs', 'www'],
            'password-hash': hash1,
          },
        },
      },
      'two.org': {},
    });
    expect(one).toEqual({
      domain: 'one.org',
      profiles: ['small'],
      addresses: ['192.0.2.1', '2001:db8::1'],
      aliases: ['www.one.org', 'xn--bcher-kva.example'],
      admin: 'boss',
      services: ['ftp', 'pop'],
      groups: ['devs'],
      users: [
        {
          name: 'anna',
          fullName: 'Anna Ä',
          shell: '/bin/sh',
          home: '/home/x/anna',
          uid: 200_010,
          // Her own is hers anyway, and said twice is said once.
          groups: ['www', 'devs'],
          passwordHash: hash1,
        },
      ],
    });
    expect(two).toMatchObject({
      domain: 'two.org',
      addresses: undefined,
      aliases: undefined,
      groups: [],
      users: [],
    });
  });

  test('knows users whose names objects have a meaning for', () => {
    const text = ['constructor', 'prototype', '__proto__', 'to_string']
      .map((name) => `[domains."one.org".users.${name}]\nshell = "/bin/sh"\n`)
      .join('');
    const [one] = parseDeclaredHost(parse(text), 'host.toml');
    expect(one?.users.map(({ name, shell }) => [name, shell])).toEqual([
      ['constructor', '/bin/sh'],
      ['prototype', '/bin/sh'],
      ['__proto__', '/bin/sh'],
      ['to_string', '/bin/sh'],
    ]);
  });

  test.each([hash1, hash2, `!${hash1}`, '!', '*'])('takes the password field %s', (field) => {
    expect(declareUser('bob', { 'password-hash': field }).passwordHash).toBe(field);
  });

  // biome-ignore format: a table
  test.each([
    ['a password',                { 'password-hash': 'secret' },            /password-hash of bob of one\.org is wrong/u],
    ['an open account',           { 'password-hash': '' },                  /password-hash/u],
    ['a weak hash',               { 'password-hash': '$1$ab$0123456789012345678901' }, /password-hash/u],
    ['a hash with a line behind', { 'password-hash': `${hash1}\nroot::0` }, /password-hash/u],
    ['a hash with a field behind', { 'password-hash': `${hash1}:0` },       /password-hash/u],
    ['a small id',                { uid: 999 },                             /uid of bob of one\.org must be a whole number from 1000 on/u],
    ['half an id',                { uid: 1000.5 },                          /uid/u],
    ['a shell that is no path',   { shell: 'sh' },                          /shell of bob of one\.org is wrong/u],
    ['a home with ..',            { home: '/home/../etc' },                 /home/u],
    ['a colon in a full name',    { 'full-name': 'a:b' },                   /full-name/u],
    ['groups that are no list',   { groups: 'www' },                        /groups of bob of one\.org must be a list/u],
    ['a group that is no name',   { groups: ['a,b'] },                      /groups\.0/u],
    ['a key with a slip',         { shel: '/bin/sh' },                      /'shel' is nothing bob of one\.org can have: perhaps shell is meant/u],
  ])('refuses %s', (_, fields, why) => {
    const error = thrownBy(() => declareUser('bob', fields));
    expect(error.code).toBe('BAD_CONFIG');
    expect(error.why).toMatch(why);
  });

  // biome-ignore format: a table
  test.each([
    ['a name of no domain',             { one: {} },                                             /'one' is no domain name/u],
    ['a name without its quotes',       { one: { org: {} } },                                    /a name with dots stands in quotes/u],
    ['a user without his quotes',       { 'one.org': { users: { anna: { smith: {} } } } },       /a name with dots stands in quotes/u],
    ['a user of the system',            { 'one.org': { users: { mail: {} } } },                  /the user 'mail' of one\.org/u],
    ['a name with a control character', { 'one.org': { users: { 'a\u001b[2J': {} } } },          /'a\\x1b\[2J'/u],
    ['a profile that is a path',        { 'one.org': { profiles: ['../x'] } },                   /profiles\.0 of one\.org must be the name/u],
    ['a service that is a path',        { 'one.org': { services: ['../x'] } },                   /services\.0 of one\.org is wrong/u],
    ['no profile',                      { 'one.org': { profiles: [] } },                         /at least one/u],
    ['an address with a port',          { 'one.org': { addresses: ['192.0.2.1:80'] } },          /addresses\.0 of one\.org/u],
    ['an address twice',                { 'one.org': { addresses: ['::1', '0::1'] } },           /addresses of one\.org has ::1 twice/u],
    ['an address of two domains',       { 'a.org': { addresses: ['::1'] }, 'b.org': { addresses: ['::1'] } }, /::1 is there twice/u],
    ['two spellings of one domain',     { 'a.org': {}, 'A.org': {} },                            /a\.org is there twice/u],
    ['an alias of two domains',         { 'a.org': { aliases: ['c.org'] }, 'b.org': { aliases: ['c.org'] } }, /c\.org is there twice/u],
    ['an alias that is a domain',       { 'a.org': { aliases: ['b.org'] }, 'b.org': {} },        /b\.org is there twice/u],
    ['an alias of itself',              { 'a.org': { aliases: ['a.org'] } },                     /a\.org is there twice/u],
    ['a group that a user has',         { 'a.org': { groups: ['bob'], users: { bob: {} } } },    /the group bob of a\.org has the name of a user/u],
    ['a group of the system',           { 'a.org': { groups: ['sudo'] } },                       /groups\.0 of a\.org/u],
    ['a text for a domain',             { 'a.org': 'x' },                                        /a\.org must be a table/u],
    ['a list for users',                { 'a.org': { users: [] } },                              /users of a\.org must be a table/u],
  ])('refuses %s', (_, domains, why) => {
    expect(thrownBy(() => declare(domains)).why).toMatch(why);
  });

  // With --prune, nothing declared means that all is to go.
  test.each([[{ domains: new Date() }], [{ domains: [] }], [{ domain: {} }], [[]], ['x'], [undefined]])(
    'does not take %j for a declaration of nothing',
    (value) => {
      expect(thrownBy(() => parseDeclaredHost(value, 'host.toml')).code).toBe('BAD_CONFIG');
    },
  );

  test('shows all mistakes at once, and never what was meant for a hash', () => {
    const { why } = thrownBy(() =>
      declare({
        'a.org': { addresses: ['x'], users: { bob: { 'password-hash': 'tops3cret', uid: 'x' } } },
        b: {},
      }),
    );
    expect(why.split('\n')).toHaveLength(5);
    expect(why).not.toContain('tops3cret');
  });
});
