import { describe, expect, it } from 'vitest';
import { decideAliasDifferences } from '../../../src/plan/decide-alias-differences.ts';

describe('decideAliasDifferences', () => {
  it('tells what is recorded and not linked, and the reverse', () => {
    expect(decideAliasDifferences(['a', 'b'], ['b', 'c'])).toEqual([
      { alias: 'a', is: 'not linked' },
      { alias: 'c', is: 'not recorded' },
    ]);
  });

  it('finds nothing wrong where both agree, or nothing is recorded', () => {
    expect(decideAliasDifferences(['a', 'b'], ['b', 'a'])).toEqual([]);
    expect(decideAliasDifferences(undefined, ['a'])).toEqual([]);
  });
});
