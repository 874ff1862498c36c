import type { LinkMethod } from '../domain/record.ts';
import type { FileEntry } from '../manifest/entry.ts';
import type { Plan } from '../manifest/plan.ts';

export interface PlanSizes {
  readonly entries: number;
  readonly ownInodes: number;
  readonly ownBytes: number;
  readonly sharedBytes: number;
}

/** What a tree costs: inodes and bytes of its own, and the bytes it shares. The tree's own folder counts too. */
export function measurePlan(plan: Plan, link: LinkMethod, sizeOf: (entry: FileEntry) => number): PlanSizes {
  const all = [...plan.layer, ...plan.own].flatMap(({ entries }) => entries);
  const files = all.filter((entry) => entry.type === 'file');
  const shared = files.filter((entry) => entry.shared && link !== 'copy');
  const own = files.filter((entry) => !entry.shared || link === 'copy');
  const sum = (entries: readonly FileEntry[]): number =>
    entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0);
  const linked = link === 'hardlink' ? shared.length : 0;
  const others = all.filter(({ type }) => type === 'symlink' || type === 'hardlink').length;
  return {
    entries: all.length,
    ownInodes: all.length + 1 - linked - others,
    ownBytes: sum(own),
    sharedBytes: sum(shared),
  };
}
