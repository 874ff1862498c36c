import type { Policy } from './service.ts';
import type { DomainSnapshot, RefusalRule } from './snapshot.ts';
import { StartWindow } from './start-window.ts';

/** What `Admission` keeps of one domain. */
export class DomainCounts<Waiting> {
  readonly domain: string | undefined;
  /** As the last arrival or change had it. */
  policy: Policy | undefined;
  /** In the order of their coming. */
  readonly waiting = new Set<Waiting & { readonly arrivedMs: number }>();
  readonly refused = new Map<RefusalRule, number>();
  running = 0;
  failed = 0;
  ended = 0;
  left = 0;
  durationMs = 0;
  #started = 0;
  readonly #window = new StartWindow();

  constructor(domain: string | undefined) {
    this.domain = domain;
  }

  /** How long one may wait. */
  get queueMs(): number {
    return this.policy?.queueMs ?? 0;
  }

  /** The rule that keeps one more connection from starting now. */
  hindrance(nowMs: number): 'max' | 'per-minute' | undefined {
    const { max, perMinute } = this.policy ?? {};
    if (max !== undefined && this.running >= max) return 'max';
    return perMinute !== undefined && this.#window.count(nowMs) >= perMinute ? 'per-minute' : undefined;
  }

  start(nowMs: number): void {
    this.running += 1;
    this.#started += 1;
    if (this.policy?.perMinute === undefined) this.#window.clear();
    else this.#window.add(nowMs);
  }

  /** When time alone changes something for the first who waits: it is his turn, or he has waited too long. */
  wakeMs(nowMs: number): number {
    const [first] = this.waiting;
    const late = first === undefined ? Number.POSITIVE_INFINITY : first.arrivedMs + this.queueMs;
    const free = this.hindrance(nowMs) === 'per-minute' ? this.#window.nextMs : undefined;
    return Math.min(late, free ?? Number.POSITIVE_INFINITY);
  }

  snapshot(): DomainSnapshot {
    return {
      domain: this.domain,
      running: this.running,
      waiting: this.waiting.size,
      started: this.#started,
      failed: this.failed,
      ended: this.ended,
      left: this.left,
      refused: Object.fromEntries(this.refused),
      durationMs: this.durationMs,
    };
  }
}
