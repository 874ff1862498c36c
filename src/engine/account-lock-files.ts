import { closeSync, fstatSync, lstatSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { createFileAt, linkAt } from '../linux/files.ts';
import { explainAccountErrno, unlinkIfThere } from './account-files.ts';
import { heldPath } from './held-path.ts';
import { writeAll } from './put-state-file.ts';
import { readTreeBytes } from './read-tree-file.ts';

const fresh = '.virtfs-lock';
const lockNames = ['passwd.lock', 'group.lock', 'shadow.lock', 'gshadow.lock'] as const;

/**
 * Makes the lock files of shadow-utils in an open `etc`, for programs that know of nothing else (`useradd --prefix`):
 * our pid under four names. lckpwdf(3)'s lock must be held. Waits for one whose process lives, until `signal` is
 * aborted, and then calls `busy`. A file that names no living process is nobody's, and goes.
 * Returns how to take them away again.
 */
export async function putLockFiles(
  etcFd: number,
  signal: AbortSignal,
  busy: (pid: number) => unknown,
): Promise<() => void> {
  unlinkIfThere(etcFd, fresh);
  const own = putOwnFile(etcFd);
  const made: string[] = [];
  const release = (): void => {
    for (const name of made) if (inodeOf(etcFd, name) === own) unlinkIfThere(etcFd, name);
  };
  try {
    for (const name of lockNames) {
      await linkWhenFree(etcFd, name, signal, busy);
      made.push(name);
    }
    return release;
  } catch (error) {
    release();
    throw error;
  } finally {
    unlinkIfThere(etcFd, fresh);
  }
}

/** Linked and never written in place: whoever finds a lock file finds the whole number in it. */
function putOwnFile(etcFd: number): bigint {
  try {
    const fd = createFileAt(etcFd, fresh, 0o600);
    try {
      // With the zero, as shadow-utils writes it.
      writeAll(fd, Buffer.from(`${process.pid}\0`));
      return fstatSync(fd, { bigint: true }).ino;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw explainAccountErrno(error, `etc/${fresh}`);
  }
}

async function linkWhenFree(
  etcFd: number,
  name: string,
  signal: AbortSignal,
  busy: (pid: number) => unknown,
): Promise<void> {
  for (;;) {
    try {
      linkAt(etcFd, fresh, etcFd, name);
      return;
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw explainAccountErrno(error, `etc/${name}`);
    }
    const pid = findHolder(etcFd, name);
    if (pid === undefined) unlinkIfThere(etcFd, name);
    // For a moment even behind a dead one: somebody may put it there again and again.
    const tired = () => (pid === undefined ? meddled(name) : busy(pid));
    if (signal.aborted) throw tired();
    await sleep(pid === undefined ? 1 : 20, undefined, { signal }).catch(() => {
      throw tired();
    });
  }
}

/**
 * The living process a lock file names. Its number counts in our own pid namespace, where who shares this machine's
 * tools lives; programs shut into a tree are kept out by lckpwdf(3)'s lock already. A process that began after the file
 * was written only got its number. The text is a stranger's.
 */
function findHolder(etcFd: number, name: string): number | undefined {
  const text = readLockText(etcFd, name);
  if (text === undefined || !/^[1-9]\d{0,9}\0?\n?$/u.test(text)) return undefined;
  const pid = Number.parseInt(text, 10);
  if (pid === process.pid) return undefined;
  const written = lstatSync(heldPath(etcFd, name), { throwIfNoEntry: false })?.mtimeMs;
  const began = readStartTime(pid);
  return written === undefined || began === undefined || began > written + 2000 ? undefined : pid;
}

function readLockText(etcFd: number, name: string): string | undefined {
  try {
    return readTreeBytes(etcFd, name, 32)?.toString('latin1');
  } catch (error) {
    // A link, a FIFO, a long text: no lock of anybody's.
    if (error instanceof VirtfsError && error.code === 'TREE_UNSAFE') return undefined;
    throw error;
  }
}

/** When a process began, in milliseconds since 1970; undefined when there is none. proc_pid_stat(5), proc_stat(5). */
function readStartTime(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /su, '')
      .split(' ');
    const boot = /^btime (?<seconds>\d+)$/mu.exec(readFileSync('/proc/stat', 'latin1'))?.groups?.seconds;
    // The 22nd field, in hundredths of a second on all our machines.
    return Number(boot) * 1000 + Number(fields[19]) * 10;
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH')) return undefined;
    throw error;
  }
}

function inodeOf(etcFd: number, name: string): bigint | undefined {
  return lstatSync(heldPath(etcFd, name), { bigint: true, throwIfNoEntry: false })?.ino;
}

function meddled(name: string): VirtfsError {
  return new VirtfsError('TREE_UNSAFE', {
    what: 'cannot lock the accounts of the tree',
    why: `somebody makes etc/${name} anew all the time`,
    mend: 'find out who (fuser -v DIR), then run the same command again',
  });
}
