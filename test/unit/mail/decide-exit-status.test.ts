import { describe, expect, it } from 'vitest';
import { decideExitStatus, type Outcome } from '../../../src/mail/decide-exit-status.ts';

describe('decideExitStatus', () => {
  it.each<[Outcome['type'], string, number, number]>([
    ['delivered', '', 0, 0],
    ['later', '4.2.2', 111, 75],
    ['refused', '5.1.1', 100, 67],
    ['refused', '5.1.2', 100, 67],
    ['refused', '5.1.3', 100, 65],
    ['refused', '5.2.2', 100, 69],
    ['refused', '5.7.1', 100, 77],
    ['refused', '5.4.6', 100, 69],
  ])('of %s %s is %i for qmail and %i for others', (type, status, qmail, sysexits) => {
    const outcome = { type, status, why: 'for a reason' } as Outcome;
    expect([decideExitStatus(outcome, 'qmail'), decideExitStatus(outcome, 'sysexits')]).toEqual([
      qmail,
      sysexits,
    ]);
  });
});
