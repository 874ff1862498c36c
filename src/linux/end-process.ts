import { libcFunction } from './libc.ts';

/**
 * Ends the process at once (_exit(2)). Once the root directory is a tree, an ordinary exit would let Node write what it
 * keeps for its next start to the same paths inside that tree.
 */
export function endProcess(status: number): never {
  libcFunction<[number], never>('void _exit(int)')(status);
  throw new Error('_exit returned');
}
