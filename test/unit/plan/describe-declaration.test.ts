import { parse, stringify } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import type { PresentDomain } from '../../../src/domain/declared-host.ts';
import { parseDeclaredHost } from '../../../src/domain/parse-declared-host.ts';
import { describeDeclaration } from '../../../src/plan/describe-declaration.ts';
import { describeDeclaredMistakes } from '../../../src/plan/describe-declared-mistakes.ts';
import { describeHostChange } from '../../../src/plan/describe-host-change.ts';
import { planHostChanges } from '../../../src/plan/plan-host-changes.ts';
import { hash1, type PresentWords, present } from '../../support/declared.ts';

describe('describeDeclaration', () => {
  test('leaves out what a new domain or user gets anyway', () => {
    expect(dump({ users: ['bob:200002'] }, { passwords: true })).toEqual({
      profiles: ['small'],
      admin: 'admin',
      users: { bob: {} },
    });
  });

  test('has all that is other than usual', () => {
    const words = {
      profiles: ['a', 'b'],
      addresses: ['::1'],
      aliases: ['w.org'],
      links: ['w.org', 'hand.org'],
      users: ['bob:200002:Bob:/srv/bob:/bin/sh'],
      groups: ['devs:200100:bob', 'staff:50:bob', 'www:200000:'],
      passwords: [`bob:!${hash1}`, `admin:${hash1}`],
    };
    expect(dump(words, { passwords: true, ids: true })).toEqual({
      profiles: ['a', 'b'],
      admin: 'admin',
      addresses: ['::1'],
      aliases: ['w.org', 'hand.org'],
      groups: ['devs'],
      users: {
        admin: { groups: [], 'password-hash': hash1 },
        bob: {
          uid: 200_002,
          'full-name': 'Bob',
          shell: '/bin/sh',
          home: '/srv/bob',
          groups: ['devs', 'staff'],
          'password-hash': `!${hash1}`,
        },
      },
    });
    expect(JSON.stringify(dump(words))).not.toMatch(/\$y\$|200002/u);
  });

  // biome-ignore format: a table
  test.each([
    ['a name of the system',        { users: ['mail2:200002', 'games:200003'] },  /the user 'games'/u],
    ['a name with capitals',        { users: ['mail2:200002', 'Bob:200003'] },    /the user 'Bob'/u],
    ['a name no command can have',  { users: ['mail2:200002', 'b\u001bb:200003'] }, /the user 'b\\x1bb'/u],
    ['a shell that is none',        { users: ['mail2:200002:::/bin/sh -c id'] },  /the shell of mail2/u],
    ['a home that is none',         { users: ['mail2:200002::/home/../../etc'] }, /the home of mail2/u],
    ['a control character',         { users: ['mail2:200002:a\u0007b'] },         /the full-name of mail2/u],
    ['a group that is no name',     { users: ['mail2:200002'], groups: ['Devs:200100:mail2'] }, /the groups of mail2/u],
    ["root's group",                { users: ['mail2:200002'], groups: ['wheel:0:mail2'] }, /the groups of mail2/u],
    ['an open account',             { users: ['mail2:200002'], passwords: ['mail2:'] }, /the password-hash of mail2/u],
    ['a weak hash',                 { users: ['mail2:200002'], passwords: ['mail2:ab0123456789.'] }, /the password-hash of mail2/u],
  ])('leaves out %s, and says so', (_, words, notice) => {
    const { value, notices } = describeDeclaration([present('one.org', words)], { passwords: true, ids: false });
    expect(notices.join('\n')).toMatch(notice);
    expect(notices.join('\n')).not.toContain('\u001b');
    const [one] = parseDeclaredHost(value, 'it');
    expect(one?.users.map(({ name }) => name)).toEqual(['mail2']);
  });

  test('says which domain does not let its users be read, and has the others', () => {
    const domains = [present('one.org', { trouble: 'its passwd is a FIFO' }), present('two.org')];
    const { value, notices } = describeDeclaration(domains, { passwords: false, ids: false });
    expect(notices).toEqual(['its passwd is a FIFO']);
    expect(Object.keys(value.domains as object)).toEqual(['one.org', 'two.org']);
  });

  test('comes back from TOML as what there is nothing to do with, whatever a domain wrote into its files', () => {
    const pick = generator(20_261_123);
    for (let round = 0; round < 300; round++) {
      const words = randomWords(pick);
      const domains = [present('one.org', words), present('two.org')];
      const choice = { passwords: pick(2) === 0, ids: pick(2) === 0 };
      const text = stringify(describeDeclaration(domains, choice).value);
      const declared = parseDeclaredHost(parse(text), 'dump');
      expect(declared.map(({ domain }) => domain)).toEqual(['one.org', 'two.org']);
      const none = { foreseen: new Map(), strangers: new Map(), sniServices: new Set<string>() };
      const facts = { present: domains, prune: false, ...none };
      expect(describeDeclaredMistakes(declared, facts), JSON.stringify(words)).toEqual([]);
      const defaults = { profile: 'other', admin: 'other' };
      const plan = planHostChanges(declared, domains, { prune: false, defaults, foreseen: new Map() });
      expect([plan.changes.map(describeHostChange), plan.refusals], JSON.stringify(words)).toEqual([[], []]);
    }
  });
});

function dump(words: PresentWords, { passwords = false, ids = false } = {}): unknown {
  const domain: PresentDomain = present('one.org', words);
  const { value, notices } = describeDeclaration([domain], { passwords, ids });
  expect(notices).toEqual([]);
  return (value.domains as Readonly<Record<string, unknown>>)['one.org'];
}

/** Numbers below `below`, the same in every run (a linear congruential generator). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

// biome-ignore format: a table
const texts = [
  '', 'Bob', 'a"b', "a'b", '"""', "'''", '\\', '\\n', '[domains."evil.org"]', 'x = 1', '# x', 'ä', '\u0007', '\u001b[2J', '\u0000', '\r', '\ud800',
  '/bin/sh', '/bin/false', '/home/b/bob', '/srv/"x"', '../..', hash1, `!${hash1}`, '!', '*', '!!', '$1$', 'true', '1979-05-27', '{}', '[]',
];
const names = [
  'bob',
  'anna',
  'constructor',
  '__proto__',
  'Bob',
  'a"b',
  'a.b',
  "a'b",
  '[x]',
  'games',
  'www',
  'admin',
  'a=b',
  '1',
  'ü',
  '#x',
];

function randomWords(pick: (below: number) => number): PresentWords {
  const text = () => (texts[pick(texts.length)] ?? '').replaceAll(':', '');
  const some = <T>(most: number, make: (index: number) => T): readonly T[] =>
    Array.from({ length: pick(most + 1) }, (_, index) => make(index));
  const name = () => names[pick(names.length)] ?? '';
  const users = some(5, (index) => `${name()}:${200_002 + index}:${text()}:${text()}:${text()}`);
  return {
    profiles: [['small'], ['a', 'b']][pick(2)] ?? [],
    addresses: some(2, (index) => `192.0.2.${index + 1}`),
    aliases: some(2, (index) => `w${index}.org`),
    services: some(2, (index) => ['ftp', '-odd_'][index] ?? ''),
    users,
    groups: some(
      4,
      (index) => `${name()}:${[200_100 + index, 8, 0, 1000][pick(4)]}:${some(3, name).join(',')}`,
    ),
    passwords: some(5, () => `${name()}:${text()}`),
  };
}
