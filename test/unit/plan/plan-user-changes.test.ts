import { describe, expect, test } from 'vitest';
import { describeHostChange } from '../../../src/plan/describe-host-change.ts';
import { planUserChanges } from '../../../src/plan/plan-user-changes.ts';
import { accountsOf, declare, hash1, hash2, type PresentWords } from '../../support/declared.ts';

describe('planUserChanges', () => {
  test('adds those who lack, those with a number of their choice first', () => {
    expect(
      plan(
        { users: { anna: {}, bob: { uid: 200_002 }, eve: { shell: '/bin/sh' } } },
        { users: ['eve:200009'] },
      ),
    ).toEqual([
      '+ bob of one.org  id 200002',
      '+ anna of one.org',
      '~ eve of one.org  shell /bin/false -> /bin/sh',
    ]);
  });

  test('leaves what is not said', () => {
    const users = ['bob:200002:Bob:/srv/bob:/bin/sh'];
    expect(
      plan({ users: { bob: {} } }, { users, groups: ['devs:200100:bob'], passwords: [`bob:${hash1}`] }),
    ).toEqual([]);
  });

  test('changes full name, shell, groups and password', () => {
    const wanted = { 'full-name': 'B C', shell: '/bin/sh', groups: ['www'], 'password-hash': hash2 };
    const there = { users: ['bob:200002:Bob'], groups: ['devs:200100:bob'], passwords: [`bob:${hash1}`] };
    expect(plan({ users: { bob: wanted } }, there)).toEqual([
      "~ bob of one.org  full name Bob -> 'B C'  shell /bin/false -> /bin/sh  groups -devs +www  password",
    ]);
  });

  test('takes one way to have no password for another', () => {
    const there = (field: string) => ({ users: ['bob:200002'], passwords: [`bob:${field}`] });
    for (const field of ['!', '*', '!!', '!*'])
      expect(plan({ users: { bob: { 'password-hash': '!' } } }, there(field)), field).toEqual([]);
    // An account that asks for no password is another matter.
    expect(plan({ users: { bob: { 'password-hash': '!' } } }, there(''))).toHaveLength(1);
    expect(plan({ users: { bob: { 'password-hash': `!${hash1}` } } }, there(hash1))).toHaveLength(1);
  });

  test('prunes who is not declared, but for the accounts every tree has', () => {
    const there = { users: ['bob:200002', 'eve:200003'] };
    expect(plan({ users: { bob: {} } }, there, true)).toEqual(['- eve of one.org']);
    expect(plan({}, there, true)).toEqual(['- bob of one.org', '- eve of one.org']);
    expect(plan({}, there, false)).toEqual([]);
  });

  test('prunes what an interrupted removal left', () => {
    expect(plan({}, { passwords: ['bob:!'] }, true)).toEqual(['- bob of one.org']);
    expect(plan({}, { passwords: ['bob:!'] }, false)).toEqual([]);
  });

  test('prunes groups nobody is in, which a removed user leaves when he is stopped halfway', () => {
    const groups = ['eve:200003:', 'devs:200100:', 'used:200101:admin', 'kept:200102:', 'mail:8:'];
    expect(plan({ groups: ['kept'] }, { groups }, true)).toEqual([
      '- group eve of one.org',
      '- group devs of one.org',
    ]);
    expect(plan({ users: { eve: {} } }, { groups: ['eve:200003:'] }, true)).toEqual(['+ eve of one.org']);
    expect(plan({}, { groups }, false)).toEqual([]);
  });

  test('prunes at once the groups that nobody is in afterwards', () => {
    const there = {
      users: ['bob:200002', 'eve:200003'],
      groups: ['devs:200100:bob,eve', 'ops:200101:bob,admin'],
    };
    expect(plan({ users: { bob: { groups: [] } } }, there, true)).toEqual([
      '- eve of one.org',
      '~ bob of one.org  groups -devs -ops',
      '- group devs of one.org',
    ]);
    expect(plan({ users: { bob: {} } }, there, true)).toEqual(['- eve of one.org']);
    expect(
      plan({ users: { bob: {}, anna: { groups: ['devs'] } } }, { groups: ['devs:200100:'] }, true),
    ).toEqual(['+ bob of one.org', '+ anna of one.org  groups devs']);
  });

  test('leaves those alone whose names no command can be given, and says so', () => {
    const [one] = declare({ 'one.org': {} });
    const accounts = accountsOf({ users: ['a\u001b:200002'] });
    if (one === undefined) throw new Error('no domain');
    const { changes, notices } = planUserChanges(one, accounts, { prune: true, admin: 'admin' });
    expect(changes).toEqual([]);
    expect(notices.join()).toMatch(/one\.org has users .* 'a\\x1b'/u);
  });

  test('makes groups before those who join, and lets who joins the group of another new user join late', () => {
    const users = { anna: { groups: ['bob', 'devs'] }, bob: { groups: ['anna', 'www'] } };
    expect(plan({ groups: ['devs', 'old'], users }, { groups: ['old:200100:'] })).toEqual([
      '+ group devs of one.org',
      '+ anna of one.org  groups devs',
      '+ bob of one.org  groups www',
      '~ anna of one.org  groups +bob',
      '~ bob of one.org  groups +anna',
    ]);
  });

  test('says what is not changed afterwards', () => {
    const [one] = declare({ 'one.org': { users: { bob: { uid: 200_007, home: '/home/x/bob' } } } });
    if (one === undefined) throw new Error('no domain');
    const accounts = accountsOf({ users: ['bob:200002'] });
    const { changes, refusals } = planUserChanges(one, accounts, { prune: false, admin: 'admin' });
    expect(changes).toEqual([]);
    expect(refusals).toEqual([
      'bob of one.org has the user id 200002, and his files with it: that is not changed afterwards',
      'bob of one.org has the home /home/b/bob: a home is not moved',
    ]);
  });
});

function plan(
  fields: Readonly<Record<string, unknown>>,
  there: PresentWords,
  prune = false,
): readonly string[] {
  const [one] = declare({ 'one.org': fields });
  if (one === undefined) throw new Error('no domain');
  return planUserChanges(one, accountsOf(there), { prune, admin: 'admin' }).changes.map(describeHostChange);
}
