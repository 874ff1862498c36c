import { describe, expect, test } from 'vitest';
import { parseDomainName } from '../../../src/domain/domain-name.ts';
import { describeHostChange } from '../../../src/plan/describe-host-change.ts';
import { planHostChanges } from '../../../src/plan/plan-host-changes.ts';
import { accountsOf, declare, type PresentWords, present } from '../../support/declared.ts';

describe('planHostChanges', () => {
  test('finds nothing to do where all is so', () => {
    const words = { profiles: ['a', 'b'], addresses: ['::1', '::2'], aliases: ['w.org', 'v.org'] };
    const declared = { 'one.org': { ...words, addresses: ['::2', '::1'], aliases: ['v.org', 'w.org'] } };
    expect(plan(declared, { 'one.org': words })).toEqual([]);
  });

  test('leaves what is not declared, and takes a list that is there for the whole list', () => {
    const there = { 'one.org': { addresses: ['::1'], aliases: ['w.org'] }, 'two.org': {} };
    expect(plan({ 'one.org': { aliases: [] } }, there)).toEqual(['~ one.org  aliases -w.org']);
    expect(plan({ 'one.org': { addresses: [] } }, there)).toEqual(['~ one.org  addresses -::1']);
  });

  test('makes new domains with what is chosen for them', () => {
    expect(
      plan({ 'one.org': {}, 'two.org': { profiles: ['x', 'y'], admin: 'boss', aliases: ['w.org'] } }, {}),
    ).toEqual(['+ one.org  profiles small', '+ two.org  profiles x y  aliases w.org']);
  });

  test('brings and takes services, once names and addresses are as they are to be', () => {
    const there = {
      'one.org': { services: ['ftp', 'pop'], addresses: ['::1'] },
      'two.org': { services: ['ftp'] },
    };
    const services = ['smtp', 'pop'];
    expect(
      plan(
        { 'one.org': { services, addresses: ['::2'] }, 'two.org': {}, 'new.org': { services: ['ftp'] } },
        there,
      ),
    ).toEqual([
      '~ one.org  addresses -::1 +::2',
      '+ new.org  profiles small',
      '~ one.org  services -ftp +smtp',
      '~ new.org  services +ftp',
    ]);
    expect(plan({ 'one.org': { services: ['pop', 'ftp'] }, 'two.org': { services: [] } }, there)).toEqual([
      '~ two.org  services -ftp',
    ]);
  });

  test('minds the order of profiles', () => {
    expect(plan({ 'one.org': { profiles: ['b', 'a'] } }, { 'one.org': { profiles: ['a', 'b'] } })).toEqual([
      '~ one.org  profiles in another order: b a',
    ]);
  });

  // biome-ignore format: a table
  test.each([
    ['an address moves',
      { 'one.org': { addresses: [] }, 'two.org': { addresses: ['::1'] } },
      { 'one.org': { addresses: ['::1'] }, 'two.org': {} },
      ['~ one.org  addresses -::1', '~ two.org  addresses +::1']],
    ['an address moves the other way',
      { 'one.org': { addresses: ['::1'] }, 'two.org': { addresses: [] } },
      { 'one.org': {}, 'two.org': { addresses: ['::1'] } },
      ['~ one.org  addresses +::1', '~ two.org  addresses -::1']],
    ['addresses are exchanged',
      { 'one.org': { addresses: ['::2'] }, 'two.org': { addresses: ['::1'] } },
      { 'one.org': { addresses: ['::1'] }, 'two.org': { addresses: ['::2'] } },
      ['~ one.org  addresses -::1 +::2', '~ two.org  addresses -::2 +::1']],
    ['an alias becomes a domain',
      { 'w.org': {}, 'one.org': { aliases: [] } },
      { 'one.org': { aliases: ['w.org'] } },
      ['~ one.org  aliases -w.org', '+ w.org  profiles small']],
    ['a domain becomes an alias',
      { 'one.org': { aliases: ['w.org'] } },
      { 'one.org': {}, 'w.org': {} },
      ['- w.org', '~ one.org  aliases +w.org']],
    ['a domain and its alias change places',
      { 'w.org': { aliases: ['one.org'] } },
      { 'one.org': { aliases: ['w.org'] } },
      ['- one.org', '+ w.org  profiles small  aliases one.org']],
    ['a new domain gets what another gives up',
      { 'new.org': { addresses: ['::1'], aliases: ['w.org'] }, 'one.org': { addresses: [], aliases: [] } },
      { 'one.org': { addresses: ['::1'], aliases: ['w.org'] } },
      ['~ one.org  addresses -::1  aliases -w.org', '+ new.org  profiles small  addresses ::1  aliases w.org']],
  ])('frees names and addresses before they are taken: %s', (_, declared, there, changes) => {
    expect(plan(declared, there, true)).toEqual(changes);
  });

  test('mends an alias whose link is not there, and takes up one made by hand', () => {
    const declared = { 'one.org': { aliases: ['w.org'] } };
    expect(plan(declared, { 'one.org': { aliases: ['w.org'], links: [] } })).toEqual([
      '~ one.org  aliases +w.org',
    ]);
    expect(plan(declared, { 'one.org': { aliases: ['w.org'], links: ['w.org', 'hand.org'] } })).toEqual([
      '~ one.org  aliases -hand.org',
    ]);
    // The record is to know it too, though no name comes or goes.
    expect(plan(declared, { 'one.org': { aliases: [], links: ['w.org'] } })).toHaveLength(1);
  });

  test('lets a tree follow that a stopped call left behind', () => {
    const there = { 'one.org': { isBehind: true } };
    expect(plan({ 'one.org': {} }, there)).toEqual(['~ one.org  the tree follows its record']);
    expect(plan({ 'one.org': { aliases: ['w.org'] } }, there)).toEqual(['~ one.org  aliases +w.org']);
    expect(plan({ 'two.org': {} }, { ...there, 'two.org': {} })).toEqual([]);
  });

  test('says that an administrator is not changed, and does the rest', () => {
    const { refusals, changes } = planned(
      { 'one.org': { admin: 'boss', aliases: ['w.org'] } },
      { 'one.org': {} },
    );
    expect(refusals).toEqual(['one.org has the administrator admin, and that is not changed afterwards']);
    expect(changes).toHaveLength(1);
  });

  test('says why the users of a domain are left alone, and does the rest', () => {
    const there = { 'one.org': { trouble: 'its passwd is a FIFO' } };
    const { refusals, changes } = planned({ 'one.org': { aliases: ['w.org'], users: { bob: {} } } }, there);
    expect(refusals).toEqual(['its passwd is a FIFO']);
    expect(changes.map(({ type }) => type)).toEqual(['change domain']);
  });

  test('plans users of new domains against those every tree has', () => {
    const users = { admin: { shell: '/bin/zsh' }, webmaster: {}, bob: {} };
    expect(plan({ 'one.org': { users } }, {}, true)).toEqual([
      '+ one.org  profiles small',
      '+ bob of one.org',
      '~ admin of one.org  shell /bin/sh -> /bin/zsh',
    ]);
  });
});

type Domains = Readonly<Record<string, unknown>>;
type There = Readonly<Record<string, PresentWords>>;

function plan(declared: Domains, there: There, prune = false): readonly string[] {
  return planned(declared, there, prune).changes.map(describeHostChange);
}

function planned(declared: Domains, there: There, prune = false) {
  const domains = declare(declared);
  const foreseen = new Map(domains.map(({ domain }) => [parseDomainName(domain), accountsOf()]));
  return planHostChanges(
    domains,
    Object.entries(there).map(([name, words]) => present(name, words)),
    { prune, defaults: { profile: 'small', admin: 'admin' }, foreseen },
  );
}
