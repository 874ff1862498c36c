import { describe, expect, test } from 'vitest';
import { parseDomainName } from '../../../src/domain/domain-name.ts';
import { describeHostChange, encodeHostChange } from '../../../src/plan/describe-host-change.ts';
import type { HostChange } from '../../../src/plan/plan-host-changes.ts';
import { declareUser, hash1 } from '../../support/declared.ts';

const domain = parseDomainName('one.org');

describe('describeHostChange', () => {
  test('shows no control character of a tree', () => {
    const field = { name: 'full name', from: 'a\u001b[2J\n', to: 'b' } as const;
    const change = { type: 'change user', domain, user: declareUser('bob'), fields: [field] } as const;
    expect(describeHostChange(change)).toBe('~ bob of one.org  full name a\\x1b[2J\\x0a -> b');
    expect(describeHostChange({ type: 'remove user', domain, name: 'a\u0007' })).toBe('- a\\x07 of one.org');
  });

  test('never shows the hash of a password', () => {
    const user = declareUser('bob', { 'password-hash': hash1 });
    const changes: readonly HostChange[] = [
      { type: 'add user', domain, user },
      { type: 'change user', domain, user, fields: [{ name: 'password' }] },
    ];
    for (const change of changes) {
      expect(describeHostChange(change)).toMatch(/password$/u);
      expect(JSON.stringify(encodeHostChange(change))).not.toContain('$y$');
    }
    expect(encodeHostChange(changes[0] as HostChange)).toMatchObject({
      user: { name: 'bob', password: true },
    });
  });
});
