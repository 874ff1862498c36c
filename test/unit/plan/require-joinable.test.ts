import { describe, expect, test } from 'vitest';
import { requireJoinable } from '../../../src/plan/require-joinable.ts';
import { thrownBy } from '../../support/thrown.ts';

const group =
  'root:x:0:\nmail:x:8:\nshadow:x:42:\nusers:x:100:\ngames:x:42:\nwww:x:70000:\nhost:x:1000:\nother:x:80000:\n';
const range = { first: 70_000, count: 1000 };
const join = (name: string, systemGroups = false) => requireJoinable(group, name, systemGroups, range);

describe('requireJoinable', () => {
  test.each(['www', 'users'])('lets a user join %s', (name) => {
    expect(() => join(name)).not.toThrow();
  });

  test.each(['mail', 'shadow'])('lets a user join %s only when groups of the system are meant', (name) => {
    expect(thrownBy(() => join(name)).code).toBe('USER_FORBIDDEN');
    expect(() => join(name, true)).not.toThrow();
  });

  test('is not misled by a group of the system under a harmless name', () => {
    expect(thrownBy(() => join('games')).code).toBe('USER_FORBIDDEN');
  });

  test.each(['root', 'host', 'other'])('never lets a user join %s', (name) => {
    expect(thrownBy(() => join(name, true)).code).toBe('USER_FORBIDDEN');
  });

  test('says so when there is no such group', () => {
    expect(thrownBy(() => join('nope')).code).toBe('BAD_USER_FIELD');
  });
});
