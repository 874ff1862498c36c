import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import { Admission, type Turn, type Verdict } from '../../../src/virtuald/admission.ts';
import { completePolicy } from '../../../src/virtuald/complete-service.ts';
import type { Said } from '../../../src/virtuald/policy-keys.ts';

describe('Admission', () => {
  it('starts everybody where nothing is limited', () => {
    const { admit, counts } = doorOf({});
    for (let at = 0; at < 500; at++) expect(admit(at).type).toBe('start');
    expect(counts()).toMatchObject({ running: 500, started: 500, refused: {} });
  });

  it('refuses a domain more than its most at once, and lets in again when one has ended', () => {
    const { door, admit, counts } = doorOf({ max: 2 });
    const turn = started(admit(0));
    started(admit(0));
    expect(admit(0)).toEqual({ type: 'refuse', rule: 'max' });
    expect(admit(0, { domain: 'two.example' }).type).toBe('start');
    door.ended(turn, 1500);
    expect(admit(1).type).toBe('start');
    expect(counts()).toMatchObject({
      running: 2,
      started: 3,
      ended: 1,
      refused: { max: 1 },
      durationMs: 1500,
    });
  });

  it('refuses more than its most of all domains at once', () => {
    const { door, admit } = doorOf({}, 2);
    const turn = started(admit(0, { domain: 'one.example' }));
    started(admit(0, { domain: 'two.example' }));
    expect(admit(0, { domain: 'three.example' })).toEqual({ type: 'refuse', rule: 'max-total' });
    door.failed(turn);
    expect(admit(0, { domain: 'three.example' }).type).toBe('start');
  });

  it('refuses one client more than its most at once, over all domains, and no other', () => {
    const { door, admit } = doorOf({ maxPerSource: 2 });
    const turn = started(admit(0, { domain: 'one.example' }));
    started(admit(0, { domain: 'two.example' }));
    expect(admit(0)).toEqual({ type: 'refuse', rule: 'max-per-source' });
    expect(admit(0, { client: '192.0.2.2' }).type).toBe('start');
    door.ended(turn, 0);
    expect(admit(0).type).toBe('start');
  });

  it('counts clients of one IPv6 /64 as one', () => {
    const { admit } = doorOf({ maxPerSource: 1 });
    started(admit(0, { client: '2001:db8::1' }));
    expect(admit(0, { client: '2001:db8::2:0:0:1' })).toEqual({ type: 'refuse', rule: 'max-per-source' });
    expect(admit(0, { client: '2001:db8:0:1::1' }).type).toBe('start');
  });

  it('starts a domain no more often than it may within any 60 seconds, and recovers by itself', () => {
    const { door, admit } = doorOf({ perMinute: 3 });
    for (const at of [0, 30_000, 59_000]) door.ended(started(admit(at)), 0);
    expect(admit(59_999)).toEqual({ type: 'refuse', rule: 'per-minute' });
    // The refused one did not count.
    expect(admit(60_000).type).toBe('start');
    expect(admit(60_001)).toEqual({ type: 'refuse', rule: 'per-minute' });
    expect(admit(90_000).type).toBe('start');
  });

  it('lets as many wait as the queue has room for, in the order of their coming', () => {
    const { door, admit, counts } = doorOf({ max: 1, queue: 2, queueMs: 1000 });
    const first = started(admit(0));
    const second = waiting(admit(1), 1001);
    const third = waiting(admit(2), 1002);
    expect(admit(3)).toEqual({ type: 'refuse', rule: 'queue-full' });
    expect(door.next(4)).toEqual([]);
    door.ended(first, 5);
    expect(door.next(5)).toEqual([{ type: 'start', turn: second }]);
    door.ended(second, 5);
    expect(door.next(6)).toEqual([{ type: 'start', turn: third }]);
    expect(counts()).toMatchObject({ running: 1, waiting: 0, started: 3, ended: 2 });
  });

  it('lets nobody pass those who wait', () => {
    const { door, admit } = doorOf({ max: 1, queue: 5 });
    const first = started(admit(0));
    const second = waiting(admit(0));
    door.ended(first, 0);
    const third = waiting(admit(1));
    expect(door.next(1)).toEqual([{ type: 'start', turn: second }]);
    door.failed(second);
    expect(door.next(1)).toEqual([{ type: 'start', turn: third }]);
  });

  it('refuses those who waited too long, and says when to look', () => {
    const { door, admit, counts } = doorOf({ max: 1, queue: 5, queueMs: 1000 });
    expect(door.wakeMs).toBeUndefined();
    started(admit(0));
    expect(door.wakeMs).toBeUndefined();
    const late = waiting(admit(100));
    waiting(admit(300));
    expect(door.wakeMs).toBe(1100);
    expect(door.next(1099)).toEqual([]);
    expect(door.next(1100)).toEqual([{ type: 'refuse', turn: late, rule: 'queue-time' }]);
    expect(door.wakeMs).toBe(1300);
    expect(counts()).toMatchObject({ waiting: 1, refused: { 'queue-time': 1 } });
  });

  it('wakes for those who wait until the domain may start more', () => {
    const { door, admit } = doorOf({ perMinute: 1, queue: 5, queueMs: 300_000 });
    started(admit(0));
    const [second, third] = [waiting(admit(10)), waiting(admit(20))];
    expect(door.wakeMs).toBe(60_000);
    expect(door.next(60_000)).toEqual([{ type: 'start', turn: second }]);
    expect(door.wakeMs).toBe(120_000);
    expect(door.next(120_000)).toEqual([{ type: 'start', turn: third }]);
    expect(door.wakeMs).toBeUndefined();
  });

  it('wakes at once when a place is free', () => {
    const { door, admit } = doorOf({ max: 1, queue: 5 });
    const turn = started(admit(0));
    waiting(admit(0));
    door.ended(turn, 0);
    expect(door.wakeMs).toBe(Number.NEGATIVE_INFINITY);
  });

  it('counts those who wait as connections of their source and of all', () => {
    const bySource = doorOf({ max: 1, queue: 5, maxPerSource: 2 });
    started(bySource.admit(0));
    waiting(bySource.admit(0));
    expect(bySource.admit(0)).toEqual({ type: 'refuse', rule: 'max-per-source' });
    const byAll = doorOf({ max: 1, queue: 5 }, 2);
    started(byAll.admit(0));
    waiting(byAll.admit(0));
    expect(byAll.admit(0)).toEqual({ type: 'refuse', rule: 'max-total' });
  });

  it('forgets a client who goes away while he waits', () => {
    const { door, admit, counts } = doorOf({ max: 1, queue: 1, maxPerSource: 2 });
    const first = started(admit(0));
    door.left(waiting(admit(0)));
    const second = waiting(admit(0));
    door.ended(first, 0);
    expect(door.next(0)).toEqual([{ type: 'start', turn: second }]);
    expect(counts()).toMatchObject({ left: 1, started: 2, waiting: 0 });
  });

  it('lets no connection be over twice', () => {
    const { door, admit } = doorOf({ max: 1, queue: 1 });
    const running = started(admit(0));
    const late = waiting(admit(0));
    expect(() => door.ended(late, 0)).toThrow('is waiting, not running');
    expect(() => door.left(running)).toThrow('is running, not waiting');
    door.ended(running, 0);
    expect(() => door.ended(running, 0)).toThrow('is over, not running');
    expect(() => door.failed(running)).toThrow('is over, not running');
  });

  it('counts who was refused elsewhere, of no domain too', () => {
    const { door } = doorOf({});
    door.refused(undefined, 'no-tree');
    door.refused('two.example', 'denied');
    door.refused('one.example', 'bad-tree');
    door.refused('one.example', 'bad-tree');
    expect(door.snapshot().map(({ domain, refused }) => [domain, refused])).toEqual([
      ['one.example', { 'bad-tree': 2 }],
      ['two.example', { denied: 1 }],
      [undefined, { 'no-tree': 1 }],
    ]);
  });

  it('takes new limits for those who wait, ends none, and forgets domains that are gone', () => {
    const { door, admit } = doorOf({ max: 1, queue: 5, queueMs: 1000 });
    started(admit(0));
    const second = waiting(admit(0));
    const gone = started(admit(0, { domain: 'gone.example' }));
    door.ended(gone, 0);
    const policyOf = (domain: string) =>
      domain === 'one.example' ? completePolicy({ max: 2, queue: 5 }) : undefined;
    door.changePolicies({ maxTotal: 1, policyOf });
    expect(door.next(1)).toEqual([{ type: 'start', turn: second }]);
    expect(door.snapshot().map(({ domain, running }) => [domain, running])).toEqual([['one.example', 2]]);
    expect(admit(2)).toEqual({ type: 'refuse', rule: 'max-total' });
  });

  it('keeps a domain that is gone until its last connection is', () => {
    const { door, admit } = doorOf({});
    const turn = started(admit(0));
    door.changePolicies({ maxTotal: undefined, policyOf: () => undefined });
    door.ended(turn, 0);
    expect(door.snapshot()).toHaveLength(1);
    door.changePolicies({ maxTotal: undefined, policyOf: () => undefined });
    expect(door.snapshot()).toEqual([]);
  });
});

/** A door for one service whose every domain has this policy. */
function doorOf(said: Said, most?: number) {
  const door = new Admission(most);
  const admit = (nowMs: number, { domain = 'one.example', client = '192.0.2.1' } = {}): Verdict =>
    door.admit({ domain, policy: completePolicy(said), client: parseIpAddress(client) }, nowMs);
  const counts = () => door.snapshot().find(({ domain }) => domain === 'one.example');
  return { door, admit, counts };
}

function started(verdict: Verdict): Turn {
  expect(verdict.type).toBe('start');
  return (verdict as { readonly turn: Turn }).turn;
}

function waiting(verdict: Verdict, untilMs: number = expect.any(Number)): Turn {
  expect(verdict).toMatchObject({ type: 'wait', untilMs });
  return (verdict as { readonly turn: Turn }).turn;
}
