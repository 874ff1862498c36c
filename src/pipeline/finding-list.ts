import type { Finding, FindingKind } from '../manifest/finding.ts';
import { describeFinding, type FindingPlace } from '../plan/describe-finding.ts';

/** What people can make as many of as they like is told so often of one kind, and counted from there on. */
const mostStrays = 1000;

/** The findings of one domain, or of the store. */
export class FindingList {
  readonly #place: Pick<FindingPlace, 'root' | 'domain'>;
  readonly #found: Finding[] = [];
  readonly #strays = new Map<FindingKind, number>();

  constructor(place: Pick<FindingPlace, 'root' | 'domain'>) {
    this.#place = place;
  }

  get size(): number {
    return this.#found.length;
  }

  add(found: Omit<FindingPlace, 'root' | 'domain'>): void {
    this.#found.push(describeFinding({ ...this.#place, ...found }));
  }

  /** Adds what is at a path nobody laid anything at. */
  addStray(found: Omit<FindingPlace, 'root' | 'domain'>): void {
    const count = (this.#strays.get(found.kind) ?? 0) + 1;
    this.#strays.set(found.kind, count);
    if (count <= mostStrays) this.add(found);
  }

  /** True when one of `kinds` was found at `path`, or at a folder above it. */
  hasAbove(path: string, kinds: readonly FindingKind[]): boolean {
    return this.#found.some(
      (each) => kinds.includes(each.kind) && (path === each.path || path.startsWith(`${each.path}/`)),
    );
  }

  all(): readonly Finding[] {
    const more = [...this.#strays].filter(([, count]) => count > mostStrays);
    return [
      ...this.#found.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
      ...more.map(([kind, count]) =>
        describeFinding({
          ...this.#place,
          path: '',
          kind,
          what: `${count - mostStrays} more of this kind are there`,
        }),
      ),
    ];
  }
}
