import type { DomainName } from '../domain/domain-name.ts';

// biome-ignore format: a table
/** What `virtfs check` can find. Public: scripts go by these words. */
export const findingKinds = [
  'missing', 'changed', 'wrong-type', 'foreign-owner', 'foreign-mode', 'outdated',
  'set-id', 'capabilities', 'device', 'secret', 'dangling-link', 'stale-log', 'waiting',
  'alias', 'record', 'damaged-object', 'mount', 'unread',
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** One thing that is not as it should be. The texts are safe to print; `path` is as it is. */
export interface Finding {
  /** The root of trees. */
  readonly root: string;
  /** Absent for what belongs to no domain alone: the store. */
  readonly domain?: DomainName;
  /** Relative to the tree, '' for the tree itself; without a domain, relative to the root. */
  readonly path: string;
  readonly kind: FindingKind;
  /** What is the case. */
  readonly what: string;
  /** Why it matters. */
  readonly why: string;
  /** What to do: a command line where there is one. */
  readonly mend: string;
}
