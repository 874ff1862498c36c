import { describe, expect, it } from 'vitest';
import { chooseUidRange } from '../../../src/domain/choose-uid-range.ts';
import { parseSubids, parseUsedIds } from '../../../src/domain/parse-subids.ts';
import type { UidRange } from '../../../src/domain/record.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('chooseUidRange', () => {
  it('begins at 200000 on an empty host', () => {
    expect(chooseUidRange([], [])).toEqual({ first: 200_000, count: 10_000 });
  });

  it('gives hundred domains hundred ranges that do not meet', () => {
    const taken: UidRange[] = [];
    for (let domain = 0; domain < 100; domain++) taken.push(chooseUidRange(taken, []));
    const ids = new Set(taken.flatMap(({ first, count }) => [first, first + count - 1]));
    expect(ids.size).toBe(200);
    expect(taken.at(-1)).toEqual({ first: 1_190_000, count: 10_000 });
  });

  it('fills the gap a removed domain left', () => {
    const taken = [
      { first: 220_000, count: 10_000 },
      { first: 200_000, count: 10_000 },
    ];
    expect(chooseUidRange(taken, []).first).toBe(210_000);
  });

  it('passes over one host account inside the range, and over ranges that only touch its ends', () => {
    expect(chooseUidRange([], [{ first: 205_000, count: 1 }]).first).toBe(205_001);
    expect(chooseUidRange([], [{ first: 209_999, count: 1 }]).first).toBe(210_000);
    expect(
      chooseUidRange(
        [],
        [
          { first: 210_000, count: 5 },
          { first: 199_999, count: 1 },
        ],
      ).first,
    ).toBe(200_000);
  });

  it('leaves ranges inside of one another behind it', () => {
    expect(
      chooseUidRange(
        [],
        [
          { first: 100_000, count: 900_000 },
          { first: 150_000, count: 10 },
        ],
      ).first,
    ).toBe(1_000_000);
  });

  it('stays below 2^31-1', () => {
    const most = 2 ** 31 - 2;
    const last = { first: most - 9_999, count: 10_000 };
    expect(chooseUidRange([{ first: 0, count: last.first }], [])).toEqual(last);
    const error = thrownBy(() => chooseUidRange([{ first: 0, count: last.first + 1 }], []));
    expect(error.code).toBe('UIDS_EXHAUSTED');
  });
});

describe('parseSubids', () => {
  it('reads the ranges and skips what is none', () => {
    const text = 'anna:100000:65536\n1001:165536:65536\n# no\nx:1\nx:a:5\ny:5:0\nz:1:2:3\n';
    expect(parseSubids(text)).toEqual([
      { first: 100_000, count: 65_536 },
      { first: 165_536, count: 65_536 },
    ]);
  });
});

describe('parseUsedIds', () => {
  it('reads the ids of passwd and group', () => {
    expect(parseUsedIds('root:x:0:0::/:/bin/sh\nbad\nx:x:no:1\nanna:x:1000:1000\n')).toEqual([
      { first: 0, count: 1 },
      { first: 1000, count: 1 },
    ]);
  });
});
