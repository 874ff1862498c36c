import type { Progress } from '../pipeline/run-tasks.ts';
import type { Io } from './io.ts';

/** The options that say how much is told; a command need not have all of them. */
export interface ProgressOptions {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly json?: boolean;
  readonly 'dry-run'?: boolean;
}

/**
 * A list that redraws itself needs a terminal; a log wants lines; who asks for data or silence wants nothing.
 * listr2 asks standard output whether it is one, wherever the list goes, and else writes lines into the data.
 */
export function chooseProgress(values: ProgressOptions, io: Io): Progress {
  if (values.verbose) return 'lines';
  if (values.quiet || values.json || values['dry-run']) return 'none';
  return io.outIsTerminal && io.errIsTerminal ? 'list' : 'lines';
}

/** What is said while another virtfs holds the lock of `root`. */
export function sayWaiting(values: ProgressOptions, io: Io, root: string): () => void {
  return () => {
    if (!values.quiet) io.err(`Waiting for another virtfs that is at work in ${root} …`);
  };
}
