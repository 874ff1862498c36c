import { VirtfsError } from '../../src/errors/virtfs-error.ts';

/** The VirtfsError a call throws; anything else fails the test. */
export function thrownBy(call: () => unknown): VirtfsError {
  try {
    call();
  } catch (error) {
    if (error instanceof VirtfsError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
