import { explainErrno } from '../errors/explain-errno.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/**
 * `error` as a VirtfsError when it is one, or the system's: whatever the system says, mail waits until it says otherwise.
 * Anything else is a bug, and itself.
 */
export function explainTrouble(error: unknown, what: string): unknown {
  const explained = explainErrno(error, what);
  if (explained instanceof VirtfsError || !Error.isError(error)) return explained;
  if (!('code' in error) || typeof error.code !== 'string' || !/^E[A-Z0-9]+$/u.test(error.code)) return error;
  return new VirtfsError('IO_ERROR', {
    what,
    why: `the system says ${error.code}`,
    mend: 'look at the kernel log: dmesg | tail',
    cause: error,
  });
}
