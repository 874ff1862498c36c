import { describe, expect, test } from 'vitest';
import { describeDeclaredMistakes } from '../../../src/plan/describe-declared-mistakes.ts';
import { accountsOf, declare, type PresentWords, present } from '../../support/declared.ts';

const there = { 'one.org': { addresses: ['::1'], aliases: ['w.org'] }, 'two.org': { addresses: ['::2'] } };

describe('describeDeclaredMistakes', () => {
  test('has none for what moves between declared domains, or from one that goes', () => {
    expect(
      mistakes({ 'one.org': { addresses: ['::2'] }, 'two.org': { addresses: ['::1'], aliases: [] } }, there),
    ).toEqual([]);
    expect(
      mistakes({ 'two.org': { addresses: ['::1'], aliases: ['w.org', 'one.org'] } }, there, true),
    ).toEqual([]);
    expect(mistakes({ 'one.org': { aliases: [] }, 'w.org': {} }, there)).toEqual([]);
  });

  // biome-ignore format: a table
  test.each([
    ['an address of an undeclared domain',    { 'new.org': { addresses: ['::1'] } },               '::1 would belong to new.org and to one.org'],
    ['an address nothing is said of',         { 'two.org': { addresses: ['::1'] }, 'one.org': {} }, '::1 would belong to two.org and to one.org'],
    ['an alias of an undeclared domain',      { 'two.org': { aliases: ['w.org'] } },               'w.org would belong to two.org and to one.org'],
    ['a domain that is an alias elsewhere',   { 'w.org': {} },                                     'w.org would belong to w.org and to one.org'],
    ['an alias that is an undeclared domain', { 'one.org': { aliases: ['two.org'] } },             'two.org would belong to one.org and to two.org'],
  ])('has %s', (_, declared, mistake) => {
    expect(mistakes(declared, there)).toEqual([mistake]);
  });

  test('has an alias that is a link made by hand to another domain', () => {
    const linked = { ...there, 'one.org': { links: ['hand.org'] } };
    expect(mistakes({ 'two.org': { aliases: ['hand.org'] } }, linked)).toEqual([
      'hand.org would belong to two.org and to one.org',
    ]);
  });

  test('does not mind what undeclared domains share', () => {
    expect(
      mistakes({ 'new.org': {} }, { 'a.org': { addresses: ['::1'] }, 'b.org': { addresses: ['::1'] } }),
    ).toEqual([]);
  });

  test('has names that something else stands under, and those too long for a record', () => {
    const long = [63, 63, 63, 56, 3].map((length) => 'a'.repeat(length)).join('.');
    const [first, second, third] = mistakes({ 'x.org': { aliases: ['y.org'] }, [long]: {} }, {});
    expect([first, second]).toEqual([
      'x.org has its name taken by a file',
      'y.org has its name taken by a file',
    ]);
    expect(third).toMatch(/252 characters long, and 250 is the most$/u);
  });

  // biome-ignore format: a table
  test.each([
    ['a user the system has',          { users: { games2: {}, web: {} } }, { users: ['web:33'] },             /the user web of one\.org is there/u],
    ['a name that a group has',        { users: { devs: {} } },            { groups: ['devs:200100:anna'] },  /the user devs of one\.org cannot be/u],
    ['the id of another domain',       { users: { bob: { uid: 210_000 } } }, {},                              /whose ids are 200000 to 209999/u],
    ['an id that is taken',            { users: { bob: { uid: 200_001 } } }, {},                              /the user id 200001 of bob is taken/u],
    ['the id of a group',              { users: { bob: { uid: 200_100 } } }, { groups: ['devs:200100:'] },    /the user id 200100 of bob is taken/u],
    ['an id of two',                   { users: { bob: { uid: 200_009 }, eve: { uid: 200_009 } } }, {},       /bob and eve of one\.org have one user id/u],
    ['another id than his group left', { users: { bob: { uid: 200_009 } } }, { groups: ['bob:200100:'] },     /the group of his name has 200100/u],
    ['a group there is none of',       { users: { bob: { groups: ['dev'] } } }, { groups: ['devs:200100:'] }, /perhaps devs is meant/u],
    ['a group that nothing is like',   { users: { bob: { groups: ['zebra'] } } }, {},                         /groups = \["zebra"\] of the domain makes one/u],
    ["root's group",                   { users: { bob: { groups: ['root'] } } }, { users: ['bob:200002'] },   /cannot join the group root: its id 0/u],
    ['a group of the host',            { users: { bob: { groups: ['host'] } } }, { groups: ['host:1000:'] },  /cannot join the group host: its id 1000/u],
    ['an own group of a foreign id',   { groups: ['host'] },                     { groups: ['host:1000:'] },  /the group host of one\.org is there/u],
  ])('has %s', (_, fields, words, mistake) => {
    const found = mistakes({ 'one.org': fields }, { 'one.org': words });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(mistake);
  });

  test('has none for what an interrupted addition left, groups declared beside, and groups of the system', () => {
    const users = { bob: { uid: 200_100, groups: ['devs', 'eve', 'mail', 'www'] }, eve: {} };
    expect(
      mistakes({ 'one.org': { groups: ['devs'], users } }, { 'one.org': { groups: ['bob:200100:'] } }),
    ).toEqual([]);
  });

  test('has a group that goes with its user', () => {
    const words = { 'one.org': { users: ['eve:200002'] } };
    const fields = { 'one.org': { users: { bob: { groups: ['eve', 'admin'] } } } };
    expect(mistakes(fields, words)).toEqual([]);
    expect(mistakes(fields, words, true)).toEqual([
      'bob of one.org cannot join the group eve, which goes with the user',
    ]);
    expect(mistakes({ 'one.org': { groups: ['eve'] } }, words)).toHaveLength(1);
  });

  test('misses an address for a service that goes by addresses', () => {
    const services = ['ftp', 'https'];
    const text = /^one\.org would have no address by which the service ftp could tell it$/u;
    const found = (words: object, there?: PresentWords) =>
      mistakes({ 'one.org': { services, ...words } }, there === undefined ? {} : { 'one.org': there });
    expect(found({})).toEqual([expect.stringMatching(text)]);
    expect(found({ addresses: ['::1'] })).toEqual([]);
    expect(found({}, { addresses: ['::1'] })).toEqual([]);
    expect(found({ addresses: [] }, { addresses: ['::1'], services })).toHaveLength(1);
    // Its line is one of default then, which somebody wrote.
    expect(found({}, { services })).toEqual([]);
  });

  test('looks at the users of new domains too', () => {
    expect(mistakes({ 'new.org': { users: { bob: { uid: 100_000 } } } }, {})).toHaveLength(1);
  });
});

function mistakes(
  declared: Readonly<Record<string, unknown>>,
  domains: Readonly<Record<string, PresentWords>>,
  prune = false,
): readonly string[] {
  const all = declare(declared);
  return describeDeclaredMistakes(all, {
    present: Object.entries(domains).map(([name, words]) => present(name, words)),
    prune,
    foreseen: new Map(all.map(({ domain }) => [domain, accountsOf()])),
    sniServices: new Set(['https']),
    strangers: new Map([
      ['x.org', 'a file'],
      ['y.org', 'a file'],
    ]),
  });
}
