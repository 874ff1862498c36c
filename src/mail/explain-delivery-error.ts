import { OverQuota } from '../engine/maildir/mailbox-delivery.ts';
import { NotAMaildir } from '../engine/maildir/not-a-maildir.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { DeliveryResult, EnhancedStatus } from './mail-types.ts';

type Failure = Exclude<DeliveryResult, { readonly type: 'delivered' }>;

// biome-ignore format: a table
/** What the administrator, or the mailbox's user, has to mend (RFC 3463, 3). */
const known: Readonly<Record<string, readonly [status: EnhancedStatus, why: string]>> = {
  ENOSPC:  ['4.3.1', 'the disk is full (space or inodes)'],
  EDQUOT:  ['4.2.2', 'the disk quota of the user is used up'],
  EFBIG:   ['4.2.3', 'the message is larger than a file may be'],
  EIO:     ['4.3.0', 'the disk reported an error'],
  EROFS:   ['4.3.0', 'the file system is read-only'],
  EMFILE:  ['4.3.2', 'too many open files'],
  ENFILE:  ['4.3.2', 'the system has too many open files'],
  ENOMEM:  ['4.3.2', 'the system is out of memory'],
  EAGAIN:  ['4.2.0', 'folders on the way to the mailbox are being renamed'],
  ENOENT:  ['4.2.1', 'the home is missing'],
  EACCES:  ['4.2.1', 'the user may not write there'],
  EPERM:   ['4.2.1', 'the system does not permit the user to write there'],
  ENOTDIR: ['4.2.1', 'the home is not a directory'],
  ELOOP:   ['4.2.1', 'the way to the home goes through links that have no end or lead out'],
  ENXIO:   ['4.2.1', 'a FIFO or a device stands where a file belongs'],
  ENAMETOOLONG: ['4.2.1', 'the way to the home is too long'],
};

/**
 * What a sender is told when a delivery failed: for good only for a mailbox over a hard quota, in all other cases that it
 * is to be tried again, for a mistake of ours too.
 */
export function explainDeliveryError(error: unknown): Failure {
  if (error instanceof OverQuota) {
    const { over, message } = error;
    return over === 'hard'
      ? { type: 'refused', status: '5.2.2', why: message }
      : { type: 'later', status: '4.2.2', why: message };
  }
  if (error instanceof NotAMaildir) return later('4.2.1', error.message);
  if (error instanceof VirtfsError) return later('4.3.5', error.message);
  const row = Error.isError(error) && 'code' in error ? known[String(error.code)] : undefined;
  if (row !== undefined) return later(...row);
  return later(
    '4.3.0',
    `the delivery failed: ${escapeLines(Error.isError(error) ? error.message : String(error))}`,
  );
}

export function later(status: EnhancedStatus, why: string): Failure {
  return { type: 'later', status, why };
}
