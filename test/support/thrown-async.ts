import { VirtfsError } from '../../src/errors/virtfs-error.ts';

/** The VirtfsError that work ends with; anything else fails the test. */
export async function errorOf(work: Promise<unknown>): Promise<VirtfsError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof VirtfsError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  return (await errorOf(work)).code;
}
