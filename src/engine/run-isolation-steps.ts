import { VirtfsError } from '../errors/virtfs-error.ts';

/** One thing done to the calling thread or its mounts before a program may run in a tree. */
export interface IsolationStep<C> {
  /** What it does, as the administrator reads it when it fails: `mount /proc`. */
  readonly name: string;
  readonly run: (context: C) => void;
}

/** Runs the steps in order. The first that fails ends it with ISOLATION_FAILED, which says which step, and why. */
export function runIsolationSteps<C>(steps: readonly IsolationStep<C>[], context: C): void {
  for (const { name, run } of steps) {
    try {
      run(context);
    } catch (error) {
      throw isolationFailed(name, error);
    }
  }
}

/** A step that did not fail and yet did not do what it is for. */
export class NotIsolated extends Error {
  override readonly name = 'NotIsolated';
}

// biome-ignore format: a table
const mends: Readonly<Record<string, string>> = {
  EPERM:   'call it as full root, outside containers that take privileges away',
  ENOSYS:  'Linux 5.12 or later is needed: uname -r',
  EINVAL:  'Linux 5.12 or later is needed: uname -r',
  ELOOP:   'a link stands where the tree has a folder of its own: look with ls -l, put the folder back',
  ENOTDIR: 'a file stands where the tree has a folder of its own: look with ls -l, put the folder back',
};

function isolationFailed(step: string, error: unknown): unknown {
  const code =
    Error.isError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (error instanceof VirtfsError || (code === undefined && !(error instanceof NotIsolated))) return error;
  return new VirtfsError('ISOLATION_FAILED', {
    what: 'nothing was run, for the program could not be isolated from the host',
    why: `could not ${step}: ${(error as Error).message}`,
    mend:
      mends[code ?? ''] ?? 'look at what the system said above, and at the caller: uname -r; capsh --print',
    cause: error,
  });
}
