import { describe, expect, it } from 'vitest';
import { indexAccounts, indexMembers } from '../../../src/domain/account-index.ts';
import { parsePasswd } from '../../../src/domain/parse-passwd.ts';

describe('indexAccounts', () => {
  const text = `${line('root', 0)}${line('Bob', 1)}${line('bob', 2)}${line('Dora', 3)}${line('bob', 4)}nonsense\n`;

  it('finds what parsePasswd finds', () => {
    for (const name of ['root', 'bob', 'Bob', 'Dora'])
      expect(indexAccounts(text).find(name)).toEqual(parsePasswd(text, name));
  });

  it('finds a name in other case, lower case first', () => {
    expect(indexAccounts(text).find('BOB')?.uid).toBe(2);
    expect(indexAccounts(text).find('dora')?.uid).toBe(3);
  });

  it('takes no number for a name', () => {
    expect(indexAccounts(text).find('3')).toBeUndefined();
    expect(indexAccounts(line('3', 7) + line('x', 3)).find('3')?.uid).toBe(7);
  });

  it('goes on past lines that are no account', () => {
    expect(indexAccounts(`bob:x\nbob:x:-1:2::/:\n${line('bob', 5)}`).find('bob')?.uid).toBe(5);
    expect(indexAccounts(line('bob', 5).trimEnd()).find('bob')?.uid).toBe(5);
  });

  it.each(['nonsense', '', 'x:y', '__proto__', 'constructor'])('knows no %j', (name) => {
    expect(indexAccounts(text).find(name)).toBeUndefined();
  });

  it('reads a hundred thousand lines, and a million of one name', () => {
    const many = Array.from({ length: 100_000 }, (_, at) => line(`u${at}`, 200_000 + at)).join('');
    expect(indexAccounts(many).find('u99999')?.uid).toBe(299_999);
    expect(indexAccounts('bob:x\n'.repeat(1_000_000)).find('bob')).toBeUndefined();
  });
});

describe('indexMembers', () => {
  const text = 'root:x:0:\nbob:x:5:\nall:x:6:carl,bob\nagain:x:6:bob\nbad:x:y:bob\nmore:x:7:bob\n';

  it('finds the groups that list a name, each number once', () => {
    expect(indexMembers(text).groupsOf('bob')).toEqual([6, 7]);
    expect(indexMembers(text).groupsOf('root')).toEqual([]);
  });

  it('keeps no group without members', () => {
    expect(indexMembers('u:x:5:\n'.repeat(1000)).size).toBe(0);
  });
});

function line(name: string, uid: number): string {
  return `${name}:x:${uid}:${uid}::/home/${name}:/bin/sh\n`;
}
