import { closeSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../errors/virtfs-error.ts';
import { endSignals, openPidfd, signalPidfd } from '../linux/pidfd.ts';
import {
  findTreeProcess,
  listTreeProcesses,
  type TreePlace,
  type TreeProcess,
} from './list-tree-processes.ts';

/** How long programs have to end when asked to, and after how long we give up; milliseconds. */
const grace = 3000;
const longest = 10_000;

export interface EndedProcesses {
  readonly ended: readonly TreeProcess[];
  /** Those that were still there, or new ones, when time was up. */
  readonly left: readonly TreeProcess[];
}

/**
 * Ends the programs that run in the tree, and those they start meanwhile: asks by SIGTERM, and after three seconds kills;
 * gives up after ten. Programs of the host that merely have files of the tree open are left alone, and so is whoever
 * started us. A number that another process has by now is never hit. Throws the signal's reason.
 */
export async function endTreeProcesses(tree: TreePlace, signal: AbortSignal): Promise<EndedProcesses> {
  const own = listAncestors();
  const ended = new Map<number, TreeProcess>();
  const begin = performance.now();
  for (;;) {
    const found = listTreeProcesses(tree).filter((each) => runsInTree(each) && !own.has(each.pid));
    const time = performance.now() - begin;
    if (found.length === 0 || time > longest) return { ended: [...ended.values()], left: found };
    for (const each of found) {
      if (time > grace) signalInTree(tree, each, endSignals.SIGKILL);
      else if (!ended.has(each.pid)) signalInTree(tree, each, endSignals.SIGTERM);
      ended.set(each.pid, each);
    }
    signal.throwIfAborted();
    await sleep(time > grace ? 5 : 50, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** True for a program of the tree; false for one of the host that has its working directory or a file there. */
export function runsInTree({ uses }: TreeProcess): boolean {
  return uses.includes('root') || uses.includes('program');
}

function signalInTree(tree: TreePlace, { pid }: TreeProcess, signal: number): void {
  try {
    const fd = openPidfd(pid);
    try {
      // Looked at again through the number, now that the descriptor holds whoever had it before we looked.
      const found = findTreeProcess(tree, pid);
      if (found !== undefined && runsInTree(found)) signalPidfd(fd, signal);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    // It has ended.
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

function listAncestors(): ReadonlySet<number> {
  const found = new Set<number>();
  for (let pid = process.ppid; pid > 0 && !found.has(pid); pid = parentOf(pid)) found.add(pid);
  return found;
}

function parentOf(pid: number): number {
  try {
    return Number(
      /^PPid:\s+(?<parent>\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.groups?.parent ?? 0,
    );
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH')) return 0;
    throw error;
  }
}
