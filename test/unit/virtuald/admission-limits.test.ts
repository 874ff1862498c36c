import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import { Admission, type Outcome, type Turn } from '../../../src/virtuald/admission.ts';
import { completePolicy } from '../../../src/virtuald/complete-service.ts';
import { randomOf } from '../../support/draw.ts';

const queueing = completePolicy({ max: 4, maxPerSource: 5, perMinute: 30, queue: 4, queueMs: 9000 });
const policies = new Map([
  ['one.example', queueing],
  ['two.example', queueing],
  ['three.example', queueing],
  ['four.example', completePolicy({ max: 2, maxPerSource: 5, perMinute: 8 })],
]);
const maxTotal = 14;

describe('Admission', () => {
  it.each([1, 2, 3, 4, 5, 6])('keeps every limit and loses nobody, whatever happens (%i)', (seed) => {
    const world = new World(seed);
    for (let step = 0; step < 4000; step++) world.step();
    world.finish();
    expect(world.broken).toEqual(new Set());
    const all = [
      'max',
      'max-per-source',
      'max-total',
      'per-minute',
      'queue-full',
      'queue-time',
      'start',
      'wait',
    ];
    expect([...world.seen].toSorted()).toEqual(all);
  });

  it('keeps nothing of clients that have no connection', () => {
    const door = new Admission(undefined);
    for (let round = 0; round < 1000; round++) {
      const client = parseIpAddress(`10.0.${round >> 8}.${round & 255}`);
      const verdict = door.admit({ domain: `d${round}.example`, policy: queueing, client }, round);
      if (verdict.type !== 'refuse') door.ended(verdict.turn, 1);
    }
    expect(door.sources).toBe(0);
    door.changePolicies({ maxTotal, policyOf: () => undefined });
    expect(door.snapshot()).toEqual([]);
  });
});

/** Random arrivals and ends, and what must hold after each, counted anew from the outside. */
class World {
  readonly seen = new Set<string>();
  /** Which promises were not kept. */
  readonly broken = new Set<string>();
  readonly #door = new Admission(maxTotal);
  readonly #random: () => number;
  readonly #running = new Map<Turn, string>();
  readonly #waiting = new Map<Turn, { readonly client: string; readonly untilMs: number }>();
  readonly #starts = new Map<string, readonly number[]>();
  #arrived = 0;
  #now = 0;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  step(): void {
    this.#now += Math.floor(this.#random() * 400);
    const what = this.#random();
    if (what < 0.6) this.#arrive();
    else if (what < 0.95) this.#end();
    else this.#leave();
    // As a server that is late at times.
    if (this.#random() < 0.8) this.#look();
    this.#check();
  }

  /** With nobody new, all who wait come to their turn or out. */
  finish(): void {
    for (let round = 0; round < 1000; round++) {
      this.#now += 100;
      this.#end();
      this.#look();
      this.#check();
    }
    this.#require(this.#running.size + this.#waiting.size === 0, 'all come to an end');
    this.#require(this.#door.wakeMs === undefined, 'nobody is woken for nobody');
    this.#require(this.#door.sources === 0, 'no source stays');
  }

  #arrive(): void {
    const [domain, policy] = this.#pick([...policies]) ?? ['', queueing];
    const client = `192.0.2.${1 + Math.floor(this.#random() * 8)}`;
    const verdict = this.#door.admit({ domain, policy, client: parseIpAddress(client) }, this.#now);
    this.#arrived += 1;
    this.seen.add(verdict.type === 'refuse' ? verdict.rule : verdict.type);
    if (verdict.type === 'start') this.#start(verdict.turn, client);
    if (verdict.type === 'wait') this.#waiting.set(verdict.turn, { client, untilMs: verdict.untilMs });
  }

  #end(): void {
    const turn = this.#pick([...this.#running.keys()]);
    if (turn === undefined) return;
    this.#running.delete(turn);
    if (this.#random() < 0.8) this.#door.ended(turn, 1);
    else this.#door.failed(turn);
  }

  #leave(): void {
    const turn = this.#pick([...this.#waiting.keys()]);
    if (turn === undefined) return;
    this.#waiting.delete(turn);
    this.#door.left(turn);
  }

  /** Looks only when it is told to. */
  #look(): void {
    if (this.#now < (this.#door.wakeMs ?? Number.POSITIVE_INFINITY)) return;
    for (const outcome of this.#door.next(this.#now)) this.#take(outcome);
    const late = [...this.#waiting.values()].filter(({ untilMs }) => untilMs <= this.#now);
    this.#require(late.length === 0, 'nobody waits too long');
  }

  #take({ type, turn }: Outcome): void {
    const first = [...this.#waiting.keys()].find(({ domain }) => domain === turn.domain);
    this.#require(turn === first, 'the first comes first');
    const { client = '', untilMs = 0 } = this.#waiting.get(turn) ?? {};
    this.#waiting.delete(turn);
    this.#require((type === 'refuse') === this.#now >= untilMs, 'only who waited too long is refused');
    if (type === 'start') this.#start(turn, client);
    else this.seen.add('queue-time');
  }

  #start(turn: Turn, client: string): void {
    this.#running.set(turn, client);
    const starts = this.#starts.get(turn.domain) ?? [];
    this.#starts.set(turn.domain, [...starts.filter((at) => at > this.#now - 60_000), this.#now]);
  }

  #check(): void {
    const open = [...this.#running.values(), ...[...this.#waiting.values()].map(({ client }) => client)];
    this.#require(open.length <= maxTotal, 'max-total');
    for (const client of open)
      this.#require(open.filter((each) => each === client).length <= 5, 'max-per-source');
    for (const [domain, starts] of this.#starts)
      this.#require(starts.length <= (policies.get(domain)?.perMinute ?? 0), 'per-minute');
    let total = 0;
    for (const counts of this.#door.snapshot()) {
      const { domain = '', running, waiting, started, ended, failed, left } = counts;
      const own = (turns: Iterable<Turn>) => [...turns].filter((turn) => turn.domain === domain).length;
      this.#require(running === own(this.#running.keys()), 'running is right');
      this.#require(waiting === own(this.#waiting.keys()), 'waiting is right');
      this.#require(running <= (policies.get(domain)?.max ?? 0), 'max');
      this.#require(waiting <= (policies.get(domain)?.queue ?? 0), 'queue');
      this.#require(running + ended + failed === started, 'every started one is somewhere');
      total += started + waiting + left;
      for (const count of Object.values(counts.refused)) total += count;
    }
    this.#require(total === this.#arrived, 'every arrival is somewhere');
  }

  #require(holds: boolean, promise: string): void {
    if (!holds) this.broken.add(promise);
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.#random() * items.length)];
  }
}
