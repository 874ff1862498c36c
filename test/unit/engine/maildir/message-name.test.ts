import { describe, expect, test } from 'vitest';
import { makeNamer, nameDelivered, readSizeOfName } from '../../../../src/engine/maildir/message-name.ts';

describe('makeNamer', () => {
  test('names no two alike, whatever the clock and the thread', () => {
    const namers = [0, 1].map((thread) =>
      makeNamer({ host: 'h.org', pid: 7, thread }, () => 1_763_942_400_000_042),
    );
    expect(namers.flatMap((name) => [name(), name()])).toEqual([
      '1763942400.M000042P7_1.h.org',
      '1763942400.M000042P7_2.h.org',
      '1763942400.M000042P7_1_1.h.org',
      '1763942400.M000042P7_2_1.h.org',
    ]);
  });

  test.for([
    ['a/b:c', String.raw`a\057b\072c`],
    ['a,S=5', String.raw`a\054S\0755`],
    ['', 'localhost'],
  ] as const)('writes the host %j as %j', ([host, written]) => {
    expect(makeNamer({ host, pid: 1, thread: 0 }, () => 0)()).toBe(`0.M000000P1_1.${written}`);
  });
});

describe('readSizeOfName', () => {
  test.for([
    [nameDelivered('1.M1P1_1.h', 42), 42],
    ['1.M1P1_1.h,S=42:2,S', 42],
    ['1.M1P1_1.h,S=42,W=43:2,', 42],
    ['1.M1P1_1.h,S=x', undefined],
    ['1.M1P1_1.h', undefined],
  ] as const)('of %s is %s', ([name, size]) => {
    expect(readSizeOfName(name)).toBe(size);
  });
});
