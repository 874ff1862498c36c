import type { IpAddress } from '../domain/ip-address.ts';
import { DomainCounts } from './domain-counts.ts';
import { sourceOf } from './network.ts';
import type { Policy } from './service.ts';
import type { DomainSnapshot, RefusalRule } from './snapshot.ts';

/** A client whose domain is known. */
export interface Arrival {
  readonly domain: string;
  readonly policy: Policy;
  readonly client: IpAddress;
}

/** One connection that was let in, from then until it is over. Made by `Admission` alone, which knows it again. */
export interface Turn {
  readonly domain: string;
}

export type Verdict =
  | { readonly type: 'start'; readonly turn: Turn }
  /** `next` tells what becomes of it, at the latest once `untilMs` has passed. */
  | { readonly type: 'wait'; readonly turn: Turn; readonly untilMs: number }
  | { readonly type: 'refuse'; readonly rule: RefusalRule };

/** What became of a connection that waited. */
export type Outcome =
  | { readonly type: 'start'; readonly turn: Turn }
  | { readonly type: 'refuse'; readonly turn: Turn; readonly rule: RefusalRule };

/** What holds from now on. */
export interface ChangedPolicies {
  readonly maxTotal: number | undefined;
  /** undefined for a domain that the service has no more. */
  readonly policyOf: (domain: string) => Policy | undefined;
}

interface OpenTurn extends Turn {
  readonly source: string;
  readonly counts: DomainCounts<OpenTurn>;
  readonly arrivedMs: number;
  state: 'waiting' | 'running' | 'over';
}

/**
 * Decides which connections of one service start, wait or are refused, and counts them all. Has no clock: `nowMs` is
 * the time of a clock that never goes back. Every call takes about the same time however many domains, clients and
 * connections there are, and no memory stays of clients that have no connection.
 */
export class Admission {
  readonly #domains = new Map<string | undefined, DomainCounts<OpenTurn>>();
  /** Connections of each source that run or wait. */
  readonly #sources = new Map<string, number>();
  readonly #waiting = new Set<DomainCounts<OpenTurn>>();
  /** Domains where somebody may have come to be next. */
  readonly #changed = new Set<DomainCounts<OpenTurn>>();
  #maxTotal: number | undefined;
  #open = 0;
  /** Before it, time alone changes nothing. */
  #wakeMs = Number.POSITIVE_INFINITY;

  constructor(maxTotal: number | undefined) {
    this.#maxTotal = maxTotal;
  }

  /** Who is let in counts from here on, until `ended`, `failed` or `left`. */
  admit({ domain, policy, client }: Arrival, nowMs: number): Verdict {
    const counts = this.#countsOf(domain);
    counts.policy = policy;
    const source = sourceOf(client);
    const ofSource = this.#sources.get(source) ?? 0;
    if (isReached(policy.maxPerSource, ofSource)) return refuse(counts, 'max-per-source');
    if (isReached(this.#maxTotal, this.#open)) return refuse(counts, 'max-total');
    const hindrance = counts.hindrance(nowMs);
    const mustWait = hindrance !== undefined || counts.waiting.size > 0;
    // Whoever stands behind others who wait is hindered by what hinders them.
    if (mustWait && policy.queue === 0) return refuse(counts, hindrance ?? 'max');
    if (mustWait && counts.waiting.size >= policy.queue) return refuse(counts, 'queue-full');
    const turn: OpenTurn = {
      domain,
      source,
      counts,
      arrivedMs: nowMs,
      state: mustWait ? 'waiting' : 'running',
    };
    this.#sources.set(source, ofSource + 1);
    this.#open += 1;
    if (!mustWait) {
      counts.start(nowMs);
      return { type: 'start', turn };
    }
    counts.waiting.add(turn);
    this.#waiting.add(counts);
    this.#wakeMs = Math.min(this.#wakeMs, counts.wakeMs(nowMs));
    return { type: 'wait', turn, untilMs: nowMs + policy.queueMs };
  }

  /** Counts a connection that somebody else refused; `domain` is undefined when it came to none. */
  refused(domain: string | undefined, rule: RefusalRule): void {
    refuse(this.#countsOf(domain), rule);
  }

  /** The service of a started connection has ended, after this time. */
  ended(turn: Turn, durationMs: number): void {
    const { counts } = this.#finish(turn, 'running');
    counts.running -= 1;
    counts.ended += 1;
    counts.durationMs += durationMs;
  }

  /** The service of a connection could not be started, although it had its turn. */
  failed(turn: Turn): void {
    const { counts } = this.#finish(turn, 'running');
    counts.running -= 1;
    counts.failed += 1;
  }

  /** A waiting client has gone away. */
  left(turn: Turn): void {
    const { counts } = this.#finish(turn, 'waiting');
    counts.left += 1;
  }

  /** How many sources have a connection. */
  get sources(): number {
    return this.#sources.size;
  }

  /** When `next` has to be asked at the latest: at once where that has passed, undefined as long as nobody waits. */
  get wakeMs(): number | undefined {
    if (this.#changed.size > 0) return Number.NEGATIVE_INFINITY;
    return this.#waiting.size === 0 ? undefined : this.#wakeMs;
  }

  /** Those of the waiting whose turn has come, in the order of their coming, and those who waited too long. */
  next(nowMs: number): readonly Outcome[] {
    const isDue = nowMs >= this.#wakeMs;
    const due = isDue ? [...this.#waiting] : [...this.#changed];
    this.#changed.clear();
    if (isDue) this.#wakeMs = Number.POSITIVE_INFINITY;
    return due.flatMap((counts) => this.#serve(counts, nowMs));
  }

  /** New limits hold for all who come or wait; who runs already runs on. Counts of domains that are gone are dropped. */
  changePolicies({ maxTotal, policyOf }: ChangedPolicies): void {
    this.#maxTotal = maxTotal;
    for (const [domain, counts] of this.#domains) {
      if (domain === undefined) continue;
      const policy = policyOf(domain);
      if (policy !== undefined) counts.policy = policy;
      else if (counts.running + counts.waiting.size === 0) this.#domains.delete(domain);
    }
    this.#wakeMs = Number.NEGATIVE_INFINITY;
  }

  /** What was counted: domains by name, connections of none last. */
  snapshot(): readonly DomainSnapshot[] {
    return [...this.#domains.values()].map((counts) => counts.snapshot()).toSorted(compareDomains);
  }

  #serve(counts: DomainCounts<OpenTurn>, nowMs: number): readonly Outcome[] {
    const outcomes: Outcome[] = [];
    for (const turn of counts.waiting) {
      const isLate = nowMs >= turn.arrivedMs + counts.queueMs;
      if (!isLate && counts.hindrance(nowMs) !== undefined) break;
      if (isLate) {
        this.#finish(turn, 'waiting');
        refuse(counts, 'queue-time');
        outcomes.push({ type: 'refuse', turn, rule: 'queue-time' });
      } else {
        counts.waiting.delete(turn);
        turn.state = 'running';
        counts.start(nowMs);
        outcomes.push({ type: 'start', turn });
      }
    }
    this.#changed.delete(counts);
    if (counts.waiting.size === 0) this.#waiting.delete(counts);
    else this.#wakeMs = Math.min(this.#wakeMs, counts.wakeMs(nowMs));
    return outcomes;
  }

  /** A turn is over once. */
  #finish(turn: Turn, state: OpenTurn['state']): OpenTurn {
    const open = turn as OpenTurn;
    if (open.state !== state)
      throw new Error(`a connection of ${turn.domain} is ${open.state}, not ${state}`);
    open.state = 'over';
    const { counts, source } = open;
    const others = (this.#sources.get(source) ?? 0) - 1;
    if (others > 0) this.#sources.set(source, others);
    else this.#sources.delete(source);
    this.#open -= 1;
    counts.waiting.delete(open);
    if (counts.waiting.size > 0) this.#changed.add(counts);
    else {
      this.#waiting.delete(counts);
      this.#changed.delete(counts);
    }
    return open;
  }

  #countsOf(domain: string | undefined): DomainCounts<OpenTurn> {
    const known = this.#domains.get(domain);
    if (known !== undefined) return known;
    const counts = new DomainCounts<OpenTurn>(domain);
    this.#domains.set(domain, counts);
    return counts;
  }
}

function isReached(most: number | undefined, count: number): boolean {
  return most !== undefined && count >= most;
}

function refuse(counts: DomainCounts<OpenTurn>, rule: RefusalRule): Verdict {
  counts.refused.set(rule, (counts.refused.get(rule) ?? 0) + 1);
  return { type: 'refuse', rule };
}

function compareDomains({ domain: a }: DomainSnapshot, { domain: b }: DomainSnapshot): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return a < b ? -1 : Number(a > b);
}
