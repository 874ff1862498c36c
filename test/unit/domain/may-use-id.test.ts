import { describe, expect, test } from 'vitest';
import { mayUseId } from '../../../src/domain/may-use-id.ts';

const range = { first: 70_000, count: 10 };

describe('mayUseId', () => {
  test.each([70_000, 70_009, 1, 33, 999, 65_534])('allows %i', (id) => {
    expect(mayUseId(id, range)).toBe(true);
  });

  test.each([0, 1000, 69_999, 70_010, 4_294_967_294])('forbids %i', (id) => {
    expect(mayUseId(id, range)).toBe(false);
  });

  test('allows system ids alone where no range is known', () => {
    expect(mayUseId(33, undefined)).toBe(true);
    expect(mayUseId(70_000, undefined)).toBe(false);
    expect(mayUseId(0, undefined)).toBe(false);
  });
});
