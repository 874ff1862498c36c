import { closeSync, constants, fstatSync, readFileSync } from 'node:fs';
import type { AccountFileName, AccountFiles } from '../domain/account-lines.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { openBeneath } from '../linux/files.ts';
import { findLockHolder, lockFile, tryLockFile } from '../linux/lock-file.ts';
import {
  explainAccountErrno,
  openEtc,
  putAccountFiles,
  readAccountFiles,
  removeAccountLeftovers,
} from './account-files.ts';
import { putLockFiles } from './account-lock-files.ts';

export interface AccountLock {
  readonly signal: AbortSignal;
  /** Told once when another program holds the lock. */
  readonly onWait: () => void;
  /** How long to wait, in milliseconds. */
  readonly mostWait?: number;
}

/** The accounts of a tree while nobody else who keeps to the locks can change them. */
export interface LockedAccounts {
  readonly files: AccountFiles;
  /** Writes what differs from `files`, file by file in this order. Throws as `putAccountFiles`. */
  readonly put: (changed: AccountFiles, order: readonly AccountFileName[]) => void;
}

/** A row of slow password hashes may be before us. */
const usualWait = 60_000;

/**
 * Lets `edit` change the accounts of an open tree, under the locks of shadow-utils, so that neither a useradd or passwd
 * inside nor we lose the other's change: lckpwdf(3)'s lock of etc/.pwd.lock, and the files passwd.lock and so on.
 * What a killed virtfs left in `etc` is cleared. `etc` is opened once: whoever swaps it meanwhile swaps away our work.
 * Throws BUSY, which names who holds the lock where that can be known, TREE_UNSAFE, TREE_BROKEN, the signal's reason.
 */
export async function withAccountsLocked<T>(
  treeFd: number,
  lock: AccountLock,
  edit: (accounts: LockedAccounts) => T | Promise<T>,
): Promise<T> {
  const etcFd = openEtc(treeFd);
  try {
    const lockFd = openLock(etcFd);
    try {
      return await underLock(etcFd, lockFd, lock, edit);
    } finally {
      closeSync(lockFd);
    }
  } finally {
    closeSync(etcFd);
  }
}

async function underLock<T>(
  etcFd: number,
  lockFd: number,
  { signal, onWait, mostWait = usualWait }: AccountLock,
  edit: (accounts: LockedAccounts) => T | Promise<T>,
): Promise<T> {
  const patience = AbortSignal.timeout(mostWait);
  const either = AbortSignal.any([signal, patience]);
  const giveUp = (pid: number | undefined): unknown => (signal.aborted ? signal.reason : busy(pid));
  signal.throwIfAborted();
  if (!tryLockFile(lockFd)) {
    onWait();
    await lockFile(lockFd, either).catch((error: unknown) => {
      throw patience.aborted || signal.aborted ? giveUp(findLockHolder(lockFd)) : error;
    });
  }
  const release = await putLockFiles(etcFd, either, giveUp);
  try {
    removeAccountLeftovers(etcFd);
    const files = readAccountFiles(etcFd);
    return await edit({ files, put: (changed, order) => putAccountFiles(etcFd, files, changed, order) });
  } finally {
    release();
  }
}

function openLock(etcFd: number): number {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY;
    const fd = openBeneath(etcFd, '.pwd.lock', flags, 0o600);
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
  } catch (error) {
    throw explainAccountErrno(error, 'etc/.pwd.lock');
  }
  throw new VirtfsError('TREE_UNSAFE', {
    what: 'cannot lock the accounts of the tree',
    why: 'its etc/.pwd.lock is not a regular file',
    mend: 'look at it with ls -l, move it away, then run the same command again',
  });
}

function busy(pid: number | undefined): VirtfsError {
  const who = pid === undefined ? '' : `: process ${pid}${nameOf(pid)}`;
  return new VirtfsError('BUSY', {
    what: 'cannot change the accounts of the tree',
    why: `another program has locked them all the while${who}`,
    mend: 'try again; if it goes on, see who has them open: fuser -v TREE/etc/.pwd.lock TREE/etc/*.lock',
  });
}

function nameOf(pid: number): string {
  try {
    return ` (${escapeLines(readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd())})`;
  } catch {
    // It ended, and its number is still of use.
    return '';
  }
}
