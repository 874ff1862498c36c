import { describe, expect, test } from 'vitest';
import { chooseUserId } from '../../../src/domain/choose-user-id.ts';
import { thrownBy } from '../../support/thrown.ts';

const range = { first: 100, count: 5 };
const choose = (...taken: number[]) => chooseUserId('a.org', range, new Set(taken));

describe('chooseUserId', () => {
  test('takes the first number of the range, and then the one above the highest', () => {
    expect(choose()).toBe(100);
    expect(choose(8, 65534)).toBe(100);
    expect(choose(100, 102)).toBe(103);
  });

  test('goes back to a hole only at the end of the range', () => {
    expect(choose(100, 104)).toBe(101);
    expect(choose(100, 101, 103, 104, 999)).toBe(102);
  });

  test('says so when none is left', () => {
    const error = thrownBy(() => choose(100, 101, 102, 103, 104));
    expect(error).toMatchObject({ code: 'UIDS_EXHAUSTED', why: expect.stringContaining('100 to 104') });
  });
});
