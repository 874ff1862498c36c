import { closeSync, constants, fstatSync, type Stats } from 'node:fs';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import type { Identity } from '../linux/credentials.ts';
import { withFileIdentity } from '../linux/file-identity.ts';
import { openBeneath } from '../linux/files.ts';
import { statAt } from '../linux/stat-at.ts';
import { isOver, type MaildirQuota, mostSizeBytes, parseMaildirSize } from './maildir/maildirsize.ts';
import { openHome } from './maildir/open-home.ts';
import { openTreeFile, readOpenFile } from './read-tree-file.ts';

export interface MailHomeQuestion extends Identity {
  /** Of the tree's passwd: a path inside the tree. */
  readonly home: string;
  /** Folders that would do, the best first: `.detail` of Maildir++. */
  readonly folders: readonly string[];
  readonly quota: MaildirQuota | undefined;
  /** Of the message, as far as it is known. */
  readonly bytes: number;
}

export type MailHome =
  /** No such folder, or one the user may not enter. A sentence. */
  | { readonly type: 'missing'; readonly why: string }
  | {
      readonly type: 'there';
      /** The home, or the Maildir in it, belongs to the user. */
      readonly isOwn: boolean;
      /** The text of `.forward`, when there is one that counts. */
      readonly forward: string | undefined;
      /** Why a `.forward` that is there does not count. */
      readonly forwardFault: string | undefined;
      /** The first of the folders asked for that exists. */
      readonly folder: string | undefined;
      /** By a count that can be believed, the message does not fit into the quota. */
      readonly isOver: boolean;
    };

const mostForwardBytes = 64 * 1024;
/** A count that forbids a message is believed no longer: whoever deletes mail need not write it down (Maildir++). */
const staleAfterMs = 15 * 60 * 1000;

/**
 * Looks into a user's home for what concerns his mail, with his permissions alone: nothing he could not read himself is
 * read, and no link, FIFO or device of his is opened. Needs root. Throws the system's errors that are not of his making.
 */
export function lookAtMailHome(treeFd: number, question: MailHomeQuestion): MailHome {
  return withFileIdentity(question, () => look(treeFd, question));
}

function look(treeFd: number, question: MailHomeQuestion): MailHome {
  let home: number;
  try {
    home = openHome(treeFd, question.home);
  } catch (error) {
    const why = whyNotHome(error);
    if (why === undefined) throw error;
    return { type: 'missing', why };
  }
  try {
    // Whoever may not search it gets EACCES for every name in it, and that of a file means something else.
    statAt(home, '.');
    const maildir = openOwnDir(home, 'Maildir', question.uid);
    try {
      return {
        type: 'there',
        isOwn: maildir !== undefined || fstatSync(home).uid === question.uid,
        ...readForward(home, question.uid),
        ...(maildir === undefined ? { folder: undefined, isOver: false } : lookAtMaildir(maildir, question)),
      };
    } finally {
      if (maildir !== undefined) closeSync(maildir);
    }
  } catch (error) {
    if (isErrno(error, 'EACCES')) return { type: 'missing', why: 'he may not enter it' };
    throw error;
  } finally {
    closeSync(home);
  }
}

function lookAtMaildir(maildir: number, { folders, quota, uid, bytes }: MailHomeQuestion) {
  const folder = folders.find((name) => {
    const found = statAt(maildir, name);
    return found?.type === 'dir' && found.uid === uid;
  });
  return { folder, isOver: quota !== undefined && isKnownOver(maildir, quota, bytes) };
}

/** Undefined for what a delivery will refuse, or make. */
function openOwnDir(dir: number, name: string, uid: number): number | undefined {
  let fd: number;
  try {
    fd = openBeneath(dir, name, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR', 'EACCES'].some((code) => isErrno(error, code))) return undefined;
    throw error;
  }
  if (fstatSync(fd).uid === uid) return fd;
  closeSync(fd);
  return undefined;
}

function readForward(
  home: number,
  uid: number,
): { forward: string | undefined; forwardFault: string | undefined } {
  const fault = (forwardFault: string) => ({ forward: undefined, forwardFault });
  try {
    const forward = readUsersFile(home, '.forward', mostForwardBytes, ({ uid: owner, mode }) => {
      if (owner !== uid) throw new NoGood(`it belongs to user ${owner}`);
      if ((mode & 0o022) !== 0) throw new NoGood('others than he may write it');
    });
    return { forward: forward?.toString('utf8'), forwardFault: undefined };
  } catch (error) {
    if (error instanceof NoGood) return fault(error.message);
    if (error instanceof VirtfsError) return fault(error.why);
    if (isErrno(error, 'EACCES')) return fault('he may not read it');
    throw error;
  }
}

/** Why a file does not count. */
class NoGood extends Error {
  override readonly name = 'NoGood';
}

function isKnownOver(maildir: number, quota: MaildirQuota, bytes: number): boolean {
  let writtenMs = 0;
  try {
    const text = readUsersFile(maildir, 'maildirsize', mostSizeBytes, ({ mtimeMs }) => {
      writtenMs = mtimeMs;
    });
    const size = text && parseMaildirSize(text.toString('latin1'), quota);
    // Else the delivery counts, and decides.
    const isSure = size?.lines === 1 && Date.now() - writtenMs < staleAfterMs;
    return isSure && isOver(quota, size, { bytes, messages: 1 });
  } catch (error) {
    if (error instanceof VirtfsError || isErrno(error, 'EACCES')) return false;
    throw error;
  }
}

/** Undefined when there is none. `look` may throw before it is read. Throws as `readTreeFile`. */
function readUsersFile(
  dir: number,
  name: string,
  mostBytes: number,
  look: (found: Stats) => void,
): Buffer | undefined {
  const fd = openTreeFile(dir, name);
  if (fd === undefined) return undefined;
  try {
    look(fstatSync(fd));
    return readOpenFile(fd, name, mostBytes);
  } finally {
    closeSync(fd);
  }
}

function whyNotHome(error: unknown): string | undefined {
  if (isErrno(error, 'ENOENT')) return 'there is no such folder';
  if (isErrno(error, 'ENOTDIR')) return 'it, or what is on the way to it, is no folder';
  if (isErrno(error, 'EACCES')) return 'he may not enter it';
  if (isErrno(error, 'ELOOP') || isErrno(error, 'ENAMETOOLONG')) return 'its path leads nowhere';
  return undefined;
}
