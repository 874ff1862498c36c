import { describe, expect, it } from 'vitest';
import { planDevices } from '../../../src/plan/plan-devices.ts';
import { planLog } from '../../../src/plan/plan-log.ts';
import { findMisplaced } from '../../support/entries.ts';
import { thrownBy } from '../../support/thrown.ts';

const names = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx'];

describe('planDevices', () => {
  it('numbers devices as the kernel does', () => {
    const made = planDevices({ names, ttyGid: 5 }).flatMap((entry) =>
      entry.type === 'device' ? [[entry.path, entry.major, entry.minor, entry.owner.gid]] : [],
    );
    expect(made).toEqual([
      ['dev/null', 1, 3, 0],
      ['dev/zero', 1, 5, 0],
      ['dev/full', 1, 7, 0],
      ['dev/random', 1, 8, 0],
      ['dev/urandom', 1, 9, 0],
      ['dev/tty', 5, 0, 5],
      ['dev/ptmx', 5, 2, 5],
    ]);
  });

  it('makes no device that is not named', () => {
    const entries = planDevices({ names: ['null'], ttyGid: 5 });
    expect(entries.filter((entry) => entry.type === 'device').map((entry) => entry.path)).toEqual([
      'dev/null',
    ]);
    expect(findMisplaced(entries, [])).toEqual([]);
  });

  it.each(['sda', 'mem', 'kmsg', 'nul', 'constructor'])('refuses %s', (name) => {
    expect(thrownBy(() => planDevices({ names: ['null', name], ttyGid: 5 })).code).toBe('BAD_PROFILE');
  });
});

describe('planLog', () => {
  it('shares the socket where there is one', () => {
    expect(planLog({ socket: '/virtual/log' })).toMatchObject([
      { type: 'hardlink', path: 'dev/log', to: '/virtual/log' },
    ]);
    expect(planLog({})).toEqual([]);
  });
});
