import { describe, expect, test } from 'vitest';
import { parseRecordFacts } from '../../../src/domain/parse-record-facts.ts';

const record = {
  version: 1,
  domain: 'a.example',
  uids: { first: 70_000, count: 10 },
  link: 'copy',
  more: [],
};
const parse = (value: unknown) => parseRecordFacts(JSON.stringify(value), 'r.json');

describe('parseRecordFacts', () => {
  test('takes the id range and the link method', () => {
    expect(parse(record)).toEqual({ uids: { first: 70_000, count: 10 }, link: 'copy' });
  });

  test.each([
    [{ ...record, version: 2 }],
    [{ ...record, link: 'symlink' }],
    [{ ...record, link: undefined }],
    [{ ...record, uids: { first: 0, count: 10 } }],
    [{ ...record, uids: { first: '70000', count: 10 } }],
    [{ ...record, uids: null }],
    [null],
    [[]],
    ['hardlink'],
  ])('refuses %j', (value) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: 'BAD_RECORD' }));
  });

  test('refuses what is cut short', () => {
    expect(() => parseRecordFacts('{"version":1,', 'r.json')).toThrow(
      expect.objectContaining({ code: 'BAD_RECORD' }),
    );
  });
});
