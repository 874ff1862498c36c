/** What came of one attempt. `how` is what the kernel said, or what was reached. */
export type EscapeOutcome =
  | { readonly type: 'blocked'; readonly how: string }
  | { readonly type: 'through'; readonly how: string }
  /** It could not be tried here. */
  | { readonly type: 'untested'; readonly how: string };

/** One attempt to get out of a tree, and what came of it for each who made it. */
export interface EscapeRow {
  /** What was tried: `climb out by a second chroot`. */
  readonly attempt: string;
  /** What who gets through has: `every file of the host`. */
  readonly gives: string;
  /** A limit is known and said in SECURITY.md: virtfs does not stop it, and it is no way to the host's files. */
  readonly type: 'escape' | 'limit';
  readonly outcomes: readonly (EscapeOutcome & { readonly as: string })[];
  /** It got through because the kernel is older than this: `Linux 6.12`. */
  readonly tooOldFor: string | undefined;
}

export interface EscapeReport {
  readonly domain: string;
  /** Names of the users the attempts were made as: one of the tree's where it has one, and root. */
  readonly users: readonly string[];
  readonly rows: readonly EscapeRow[];
  readonly kernel: string;
  /** The version of Landlock it speaks, 0 without. */
  readonly landlock: number;
}

/** True when an attempt got through that is not a known limit. */
export function hasEscaped({ rows }: EscapeReport): boolean {
  return rows.some(
    ({ type, outcomes }) => type === 'escape' && outcomes.some((each) => each.type === 'through'),
  );
}
