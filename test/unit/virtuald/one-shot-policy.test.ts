import { describe, expect, test } from 'vitest';
import { requireOneShotFlags } from '../../../src/virtuald/one-shot-policy.ts';
import { policyFlags } from '../../../src/virtuald/policy-keys.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('requireOneShotFlags', () => {
  const counting = [
    'grace',
    'status-socket',
    'listen',
    'sni',
    'proxy-from',
    'hello',
    'max-total',
    'max',
    'max-per-source',
    'per-minute',
    'queue',
    'queue-time',
    'idle',
    'total',
  ];

  test('lets through each flag that one connection can keep', () => {
    const kept = policyFlags.map(({ flag }) => flag).filter((flag) => !counting.includes(flag));
    expect(() => requireOneShotFlags(kept)).not.toThrow();
    expect(kept.length + counting.length).toBe(policyFlags.length);
  });

  test.each(counting)('refuses --%s', (flag) => {
    expect(thrownBy(() => requireOneShotFlags(['verbose', flag]))).toMatchObject({
      code: 'BAD_USAGE',
      what: `cannot use --${flag} for one connection`,
    });
  });
});
