import { findEntry } from '../engine/find-entry.ts';
import type { HeldTree } from '../engine/held-tree.ts';
import { removeEntry } from '../engine/remove-entry.ts';
import { type Bench, replaceEntry, replaceShared, type SharedFile } from '../engine/replace-entry.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import type { EntryChange } from '../manifest/compare-entries.ts';
import type { Entry } from '../manifest/entry.ts';
import { storeKeyOf } from '../manifest/entry-of.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import { type TreePath, treePath } from '../manifest/tree-path.ts';
import { type ChangeCase, type Decision, decideChange, type Found } from '../plan/decide-change.ts';
import { decideKeeping } from '../plan/decide-keeping.ts';
import type { LaidEntries } from './laid-entries.ts';
import type { Change } from './update-request.ts';

export interface TreeUpdate {
  readonly tree: HeldTree;
  readonly bench: Bench;
  /** In the order to apply them: see `compareEntries`. Changes of account files are somebody else's. */
  readonly changes: readonly EntryChange[];
  /** The entry to lay for what is written down of it. */
  readonly entryOf: (laid: ManifestEntry) => Entry;
  /** Decide only. */
  readonly dryRun: boolean;
  /** Look at every path before it is changed, though it be the host's: what is right already is left. */
  readonly looksFirst: boolean;
  readonly between: () => Promise<void> | undefined;
  /** Of the changes, those there is nothing to decide about; none where paths are looked at first. */
  readonly swaps?: Swaps | undefined;
}

/** Files of the store's that take each other's place, made ready once for all trees on a layer: see `planSwaps`. */
export type Swaps = ReadonlyMap<EntryChange, Swap>;

interface Swap {
  readonly file: SharedFile;
  readonly done: Change;
}

export interface UpdatedTree {
  readonly changes: readonly Change[];
  /** Sentences: what stood in the way. */
  readonly conflicts: readonly string[];
  /** What was laid, is to go, and could not be taken away yet. */
  readonly staying: readonly ManifestEntry[];
}

/** The name beside a file the domain changed, under which the new one waits. */
export function besideOf(path: string): TreePath {
  return treePath(`${path}.virtfs-new`);
}

/** Applies changes to one tree, each in one step, and says what it did. Doing it again changes nothing. */
export async function updateTree(update: TreeUpdate): Promise<UpdatedTree> {
  const changes: Change[] = [];
  const blocked: EntryChange[] = [];
  for (const change of update.changes) {
    const swap = update.swaps?.get(change);
    if (swap === undefined) applyChange(change, update, { changes, blocked });
    else if (replaceShared(swap.file, update.tree, update.bench)) changes.push(swap.done);
    else blocked.push(change);
    const pause = update.between();
    if (pause !== undefined) await pause;
  }
  return {
    changes,
    conflicts: blocked.map(({ path }) => describeConflict(path)),
    staying: blocked.flatMap(({ before, after }) => (before && !after ? [before] : [])),
  };
}

/**
 * The changes for which a look at the tree decides nothing: in the place of a file of the host's comes another, which has
 * its inode from the store. Thousands of an update are these thirty, over and over.
 */
export function planSwaps(changes: readonly EntryChange[], laid: LaidEntries): Swaps {
  return new Map(
    changes.flatMap((change) => {
      const { path, before, after } = change;
      if (before === undefined || before === after || after?.type !== 'file' || !after.shared) return [];
      const entry = laid.entryOf(after);
      if (entry.type === 'dir' || decideKeeping(path) !== 'system') return [];
      const slash = path.lastIndexOf('/');
      const folder = slash === -1 ? '' : treePath(path.slice(0, slash));
      const file: SharedFile = { entry, key: storeKeyOf(after), folder, name: path.slice(slash + 1) };
      return [[change, { file, done: describeChange(change, 'put') }] as const];
    }),
  );
}

function applyChange(
  change: EntryChange,
  update: TreeUpdate,
  { changes, blocked }: { readonly changes: Change[]; readonly blocked: EntryChange[] },
): void {
  const decision = decide(change, update);
  if (decision === 'leave') return;
  const isDone = decision !== 'blocked' && (update.dryRun || apply(change, decision, update));
  if (isDone) changes.push(describeChange(change, decision));
  else if (!isFolderInUse(change, decision)) blocked.push(change);
}

/** A folder that nothing of ours is in any more is the domain's, as long as it has something there. */
function isFolderInUse({ before }: EntryChange, decision: Decision): boolean {
  return decision === 'remove' && before?.type === 'dir';
}

function decide({ path, before, after }: EntryChange, update: TreeUpdate): Decision {
  const keeping = decideKeeping(path);
  if (keeping === 'accounts') return 'leave';
  const isReplacement = before !== undefined && after !== undefined && after.type !== 'dir';
  // The same before and after is there to be looked at.
  if (keeping === 'system' && isReplacement && before !== after && !update.looksFirst) return 'put';
  const change: ChangeCase = { keeping, before, after, found: find(path, before, after, update) };
  return decideChange(change);
}

function find(
  path: string,
  before: ManifestEntry | undefined,
  after: ManifestEntry | undefined,
  { tree, bench }: TreeUpdate,
): Found {
  const found = findEntry(treePath(path), tree, bench.filling);
  if (found.type !== 'there') return found.type;
  if (after !== undefined && found.is(after)) return 'as after';
  if (before !== undefined && found.is(before)) return 'as before';
  if (!found.isFolder) return 'other';
  return found.isEmpty() ? 'empty folder' : 'folder';
}

function apply(
  { path, before, after }: EntryChange,
  decision: Exclude<Decision, 'leave' | 'blocked'>,
  { tree, bench, entryOf }: TreeUpdate,
): boolean {
  if (decision === 'remove' || after === undefined)
    return removeEntry(treePath(path), before?.type === 'dir' ? 'dir' : 'other', tree);
  const entry = entryOf(after);
  if (decision === 'put') return replaceEntry(entry, tree, bench);
  return replaceEntry({ ...entry, path: besideOf(path) }, tree, bench);
}

function describeChange({ path, before, after }: EntryChange, decision: Decision): Change {
  if (decision === 'lay beside')
    return { path, action: 'lay beside', why: 'the domain changed this file; the new one is beside it' };
  if (after === undefined) return { path, action: 'remove', why: 'nothing asks for it any more' };
  if (before === undefined) return { path, action: 'add', why: after.why };
  return { path, action: 'replace', why: whyReplaced(before, after) };
}

function whyReplaced(before: ManifestEntry, after: ManifestEntry): string {
  if (before.type !== after.type) return `a ${before.type} has become a ${after.type}`;
  if (before.sha256 !== after.sha256)
    return after.from === undefined ? 'new text' : 'the host has another one';
  if (before.target !== after.target) return 'the link leads elsewhere';
  return before === after || before.mode === after.mode ? 'it was not as it was laid' : 'another mode';
}

function describeConflict(path: string): string {
  const shown = escapeLines(path);
  return `${shown} could not be brought up to date: something of another kind stands there or on the way to it, a mount, or a file made immutable; look at it with ls -l, findmnt and lsattr, move it away, then run the same command again`;
}
