import { describe, expect, it } from 'vitest';
import { parseRecord } from '../../../src/domain/parse-record.ts';
import { thrownBy } from '../../support/thrown.ts';

const right = {
  version: 1,
  domain: 'example.org',
  profiles: ['login'],
  addresses: ['192.0.2.1', '2001:db8::1'],
  aliases: ['www.example.org'],
  admin: 'admin',
  uids: { first: 200_000, count: 10_000 },
  link: 'hardlink',
  created: '2026-11-22T23:53:34.782Z',
  updated: '2026-11-22T23:53:34.782Z',
};

describe('parseRecord', () => {
  it('reads a record', () => {
    expect(parseRecord(JSON.stringify(right), 'f')).toEqual(right);
  });

  it('spells addresses in the one way they are compared in', () => {
    const text = JSON.stringify({ ...right, addresses: ['2001:DB8:0::1'] });
    expect(parseRecord(text, 'f').addresses).toEqual(['2001:db8::1']);
  });

  it.each([
    { version: 2 },
    { domain: '../etc' },
    { domain: 'Example.org' },
    { aliases: ['a/b.org'] },
    { addresses: ['192.0.2.1; rm'] },
    { uids: { first: -1, count: 1 } },
    { uids: { first: 0, count: 0 } },
    { uids: { first: 0.5, count: 1 } },
    { link: 'symlink' },
    { created: 'yesterday' },
    { admin: undefined },
  ])('refuses %j', (change) => {
    const error = thrownBy(() => parseRecord(JSON.stringify({ ...right, ...change }), '/v/x.json'));
    expect(error.code).toBe('BAD_RECORD');
    expect(error.what).toContain('/v/x.json');
    expect(error.why).toContain(Object.keys(change)[0]);
  });

  it.each(['', '{', 'null', '[]', '"x"', '{"version":1'])('refuses %j', (text) => {
    expect(thrownBy(() => parseRecord(text, 'f')).code).toBe('BAD_RECORD');
  });
});
