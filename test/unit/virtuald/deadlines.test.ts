import { describe, expect, it } from 'vitest';
import { type Deadline, Deadlines } from '../../../src/virtuald/deadlines.ts';

/** Numbers that look random and are the same each time. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

describe('Deadlines', () => {
  it('has nothing to do where nothing was added', () => {
    const deadlines = new Deadlines();
    expect(deadlines.next()).toBeUndefined();
    deadlines.run(Number.POSITIVE_INFINITY);
  });

  it('does what is due in the order of time, and nothing that was called off', () => {
    const deadlines = new Deadlines();
    const done: number[] = [];
    const all = [50, 10, 40, 20, 30].map((at) => deadlines.add(at, () => done.push(at)));
    const [, , forty] = all;
    if (forty) forty.act = undefined;
    expect(deadlines.next()).toBe(10);
    deadlines.run(30);
    expect(done).toEqual([10, 20, 30]);
    expect(deadlines.next()).toBe(50);
    deadlines.run(100);
    expect(done).toEqual([10, 20, 30, 50]);
    expect(deadlines.next()).toBeUndefined();
  });

  it('does at once what is added for now while it works, and later what is for later', () => {
    const deadlines = new Deadlines();
    const done: string[] = [];
    deadlines.add(1, () => {
      done.push('first');
      deadlines.add(2, () => done.push('second'));
      deadlines.add(9, () => done.push('ninth'));
    });
    deadlines.run(5);
    expect(done).toEqual(['first', 'second']);
    expect(deadlines.next()).toBe(9);
  });

  it.each([1, 2, 3])('does the same as a list that is searched through, %i', (seed) => {
    const random = makeRandom(seed);
    const deadlines = new Deadlines();
    const done: number[] = [];
    let naive: Deadline[] = [];
    let now = 0;
    for (let count = 0; count < 6000; count++) {
      const at = now + random(500);
      naive.push(deadlines.add(at, () => done.push(at)));
      // Most services end before their time.
      for (const gone of naive.splice(random(naive.length), random(3))) gone.act = undefined;
      if (random(4) !== 0) continue;
      now += random(40);
      const due = timesOf(naive.filter((each) => each.at <= now));
      naive = naive.filter((each) => each.at > now);
      done.length = 0;
      deadlines.run(now);
      expect(done).toEqual(due);
      expect(deadlines.next()).toBe(timesOf(naive)[0]);
    }
  });

  it('keeps no memory of what was called off long before its time', () => {
    const deadlines = new Deadlines();
    for (let count = 0; count < 100_000; count++) {
      const deadline = deadlines.add(1e9 + count, () => {});
      deadline.act = undefined;
    }
    expect(deadlines.size).toBeLessThan(5000);
    deadlines.add(7, () => {});
    expect(deadlines.next()).toBe(7);
  });
});

function timesOf(deadlines: readonly Deadline[]): readonly number[] {
  return deadlines.map(({ at }) => at).toSorted((a, b) => a - b);
}
