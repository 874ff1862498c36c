import { closeSync, constants, fstatSync, readSync, type Stats, writeSync } from 'node:fs';
import { isErrno } from '../../errors/virtfs-error.ts';
import { openBeneath, renameAt, unlinkAt } from '../../linux/files.ts';
import { countMailbox } from './count-mailbox.ts';
import {
  isOver,
  type MaildirQuota,
  type MaildirSize,
  type MaildirUsage,
  mostSizeBytes,
  mustCountAgain,
  parseMaildirSize,
  renderChange,
  renderMaildirSize,
} from './maildirsize.ts';
import { NotAMaildir } from './not-a-maildir.ts';
import type { Maildir } from './open-maildir.ts';

const fileName = 'maildirsize';

export interface SizeContext {
  readonly maildir: Pick<Maildir, 'root' | 'tmp'>;
  readonly quota: MaildirQuota;
  /** A name for a file in `tmp` that nobody has. */
  readonly nameFile: () => string;
}

/**
 * Whether a message of `bytes` would not fit, by `maildirsize`; all is counted where the file is missing, is no good, or
 * says that it does not fit and may be wrong (Maildir++). What is counted is written down.
 * Throws the system's errors, and NotAMaildir where counting would take too long.
 */
export function isMailboxOver(context: SizeContext, bytes: number, nowMs: number): boolean {
  const more = { bytes, messages: 1 };
  const kept = readKept(context);
  if (kept === undefined) return isOver(context.quota, countAnew(context), more);
  if (!isOver(context.quota, kept.size, more)) return false;
  if (!mustCountAgain(kept.size, (nowMs - kept.mtimeMs) / 1000)) return true;
  return isOver(context.quota, countAnew(context), more);
}

/** Notes a message that came, in a file `isMailboxOver` has read or made. A count that is not kept is made again later. */
export function addToMailboxSize({ maildir }: Pick<SizeContext, 'maildir'>, bytes: number): void {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK;
  const fd = openFile(maildir.root, flags);
  if (fd === undefined) return;
  try {
    if (fstatSync(fd).isFile()) writeSync(fd, renderChange({ bytes, messages: 1 }));
  } finally {
    closeSync(fd);
  }
}

/** Undefined where nothing can be made of the file, or it was kept for another quota. */
function readKept({
  maildir,
  quota,
}: SizeContext): { readonly size: MaildirSize; readonly mtimeMs: number } | undefined {
  const fd = openFile(maildir.root, constants.O_RDONLY | constants.O_NONBLOCK);
  if (fd === undefined) return undefined;
  try {
    const found = fstatSync(fd);
    const text = readText(fd, found);
    const size = text === undefined ? undefined : parseMaildirSize(text, quota);
    return size && { size, mtimeMs: found.mtimeMs };
  } finally {
    closeSync(fd);
  }
}

const buffer = new Uint8Array(mostSizeBytes + 1);

function readText(fd: number, found: Stats): string | undefined {
  if (!found.isFile() || found.size > mostSizeBytes) return undefined;
  const size = readSync(fd, buffer, 0, buffer.length, 0);
  return size > mostSizeBytes ? undefined : Buffer.from(buffer.buffer, 0, size).toString('latin1');
}

/** Undefined for what is not there, and for a link, a folder or a FIFO, none of which is anybody's count. */
function openFile(root: number, flags: number): number | undefined {
  try {
    return openBeneath(root, fileName, flags);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'EISDIR', 'ENXIO'].some((code) => isErrno(error, code))) return undefined;
    throw error;
  }
}

function countAnew({ maildir, quota, nameFile }: SizeContext): MaildirUsage {
  const usage = countMailbox(maildir.root);
  const name = nameFile();
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const fd = openBeneath(maildir.tmp, name, flags, 0o600);
  try {
    writeSync(fd, renderMaildirSize(quota, usage));
    renameAt(maildir.tmp, name, maildir.root, fileName);
  } catch (error) {
    unlinkAt(maildir.tmp, name);
    if (isErrno(error, 'EISDIR'))
      throw new NotAMaildir(`${fileName} of the mailbox is a directory`, { cause: error });
    throw error;
  } finally {
    closeSync(fd);
  }
  return usage;
}
