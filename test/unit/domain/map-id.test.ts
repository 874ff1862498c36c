import { describe, expect, it } from 'vitest';
import { mapId } from '../../../src/domain/map-id.ts';

const from = { first: 200_000, count: 10 };
const to = { first: 300_000, count: 10 };

describe('mapId', () => {
  it('keeps the place a number has in its range', () => {
    expect([200_000, 200_009].map((id) => mapId(id, from, to))).toEqual([300_000, 300_009]);
  });

  it('leaves the numbers of the system as they are', () => {
    expect([0, 33, 999, 65_534].map((id) => mapId(id, from, to))).toEqual([0, 33, 999, 65_534]);
  });

  it('knows no number for somebody else of the host or of another domain', () => {
    expect([1000, 199_999, 200_010, 300_000].map((id) => mapId(id, from, to))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('gives nothing beyond the end of a shorter range', () => {
    expect(mapId(200_009, from, { first: 300_000, count: 9 })).toBeUndefined();
  });
});
