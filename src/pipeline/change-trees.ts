import { openTreesRoot, type TreesRoot } from '../engine/open-root.ts';
import { StateDir } from '../engine/state-dir.ts';
import { Store } from '../engine/store.ts';
import { sweepLeftovers } from '../engine/sweep-leftovers.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/** A root of trees open for a change: its lock is held. */
export interface OpenTrees {
  readonly root: TreesRoot;
  readonly state: StateDir;
  readonly store: Store;
}

export interface ChangeRequest {
  /** The root of trees, absolute. */
  readonly root: string;
  /** Make the root where it is not there. */
  readonly make?: boolean;
  /** What cannot be done without root, for the message: `make a tree`. */
  readonly what: string;
  readonly signal: AbortSignal;
  /** Told once while another virtfs holds the lock of this root. */
  readonly onWait: () => void;
}

/**
 * Opens a root of trees, takes its lock, clears what a killed virtfs left there, and lets `work` change it. The umask
 * is 0 meanwhile: modes are set exactly. Throws NEEDS_ROOT, ROOT_UNSAFE, PATH_MISSING, the signal's reason.
 */
export async function changeTrees<T>(
  request: ChangeRequest,
  work: (trees: OpenTrees) => Promise<T>,
): Promise<T> {
  requireRoot(request.what);
  const umask = process.umask(0);
  try {
    using root = openTreesRoot(request.root, { make: request.make ?? false });
    using state = new StateDir(root.fd);
    await state.lock(request.signal, request.onWait);
    sweepLeftovers(state);
    return await work({ root, state, store: new Store(state.part('store')) });
  } finally {
    process.umask(umask);
  }
}

/** Throws NEEDS_ROOT for anyone else. `what` completes "cannot". */
export function requireRoot(what: string): void {
  if (process.geteuid?.() === 0) return;
  throw new VirtfsError('NEEDS_ROOT', {
    what: `cannot ${what}`,
    why: 'only root can own the files of trees and write where they are',
    mend: 'run it as root: sudo virtfs …',
  });
}
