import { describe, expect, it } from 'vitest';
import { parseMailSettings } from '../../../src/domain/parse-mail-settings.ts';
import { parseRecord } from '../../../src/domain/parse-record.ts';
import { parseRecordMail } from '../../../src/domain/parse-record-mail.ts';
import { thrownBy } from '../../support/thrown.ts';

const whole = {
  catchAll: 'bob',
  refuse: ['sales', 'info'],
  quota: { bytes: 1_000_000, messages: 10, over: 'hard' },
  detail: '+',
};

const record = {
  version: 1,
  domain: 'example.org',
  profiles: ['login'],
  addresses: [],
  aliases: [],
  admin: 'admin',
  uids: { first: 200_000, count: 10_000 },
  link: 'hardlink',
  created: '2026-11-22T23:53:34.782Z',
  updated: '2026-11-22T23:53:34.782Z',
};

const wrong: readonly unknown[] = [
  null,
  [],
  'bob',
  { catchAll: 5 },
  { catchAll: '' },
  { catchAll: 'a/b' },
  { catchAll: '|id' },
  { catchAll: 'bob@' },
  { catchAll: 'bob@Example.org' },
  { refuse: 'bob' },
  { refuse: ['Bob'] },
  { refuse: [5] },
  { refuse: Array.from({ length: 1001 }, () => 'a') },
  { quota: 5 },
  { quota: {} },
  { quota: { over: 'never' } },
  { quota: { bytes: 0, over: 'hard' } },
  { quota: { bytes: -1, over: 'hard' } },
  { quota: { bytes: 0.5, over: 'hard' } },
  { quota: { messages: '5', over: 'hard' } },
  { quota: { over: 'hard', files: 5 } },
  { detail: '-' },
  { detail: true },
  { relay: true },
];

describe('parseMailSettings', () => {
  it('reads all there is, and nothing', () => {
    expect(parseMailSettings(whole)).toEqual({ settings: whole, complaints: [] });
    expect(parseMailSettings({})).toEqual({ settings: {}, complaints: [] });
    expect(parseMailSettings({ catchAll: 'all@other.org' }).complaints).toEqual([]);
  });

  it.each(wrong)('complains of %j', (value) => {
    expect(parseMailSettings(value).complaints).not.toEqual([]);
  });
});

describe.each([
  ['parseRecord', (text: string) => parseRecord(text, '/f').mail ?? {}],
  ['parseRecordMail', (text: string) => parseRecordMail(text, '/f').settings],
])('%s', (_, parse) => {
  it('has the mail settings of a record, and none where the record is older', () => {
    expect(parse(JSON.stringify({ ...record, mail: whole }))).toEqual(whole);
    expect(parse(JSON.stringify(record))).toEqual({});
  });

  it('keeps their order, by which two records are compared', () => {
    expect(JSON.stringify(parse(JSON.stringify({ ...record, mail: whole })))).toBe(JSON.stringify(whole));
  });

  it.each(wrong)('refuses %j', (mail) => {
    expect(thrownBy(() => parse(JSON.stringify({ ...record, mail }))).code).toBe('BAD_RECORD');
  });
});

describe('parseRecordMail', () => {
  it('has the ids and the administrator, if the record names one', () => {
    const { uids, admin } = parseRecordMail(JSON.stringify(record), '/f');
    expect([uids, admin]).toEqual([record.uids, 'admin']);
    expect(parseRecordMail(JSON.stringify({ ...record, admin: '../x' }), '/f').admin).toBeUndefined();
  });

  it.each(['', '{', 'null', '{"version":2}'])('refuses %j', (text) => {
    expect(thrownBy(() => parseRecordMail(text, '/f')).code).toBe('BAD_RECORD');
  });
});
