import type { TreePath } from './tree-path.ts';

/** How one file of a tree differs from what virtfs would lay there today. */
export interface Difference {
  readonly path: TreePath;
  /** `waiting`: it does not differ, but a file that an update laid beside it is still there. */
  readonly state: 'changed' | 'missing' | 'unreadable' | 'waiting';
  /** Why it cannot be read. */
  readonly why?: string;
  /** From what virtfs would lay to what is there: a unified diff, not escaped. Absent where it is no text, or too much. */
  readonly diff?: readonly string[];
  /** The file that an update laid beside it. */
  readonly beside?: TreePath;
}
