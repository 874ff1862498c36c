import { readFileSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import type { OpenFileLimit } from '../linux/open-file-limit.ts';

/**
 * The limits of open files this process was started with, undefined where they cannot be known. Node raises the soft
 * limit to the hard one when it starts; programs that go through every possible descriptor, or use select(2), must not
 * inherit that. The caller's own limit is the one we had, unless it set ours apart: then hard and soft are one, as
 * `ulimit -n` sets them.
 */
export function readCallerOpenFiles(): OpenFileLimit | undefined {
  const own = readLimit('self');
  const callers = readLimit(String(process.ppid));
  if (!own || !callers) return undefined;
  return callers.hard === own.hard ? callers : { soft: own.hard, hard: own.hard };
}

function readLimit(pid: string): OpenFileLimit | undefined {
  try {
    return parseOpenFileLimit(readFileSync(`/proc/${pid}/limits`, 'utf8'));
  } catch (error) {
    // No /proc, or the caller is gone or in another pid namespace (pid 0).
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH') || isErrno(error, 'EACCES')) return undefined;
    throw error;
  }
}

/** The line of open files of /proc/PID/limits (proc_pid_limits(5)). */
export function parseOpenFileLimit(text: string): OpenFileLimit | undefined {
  const { soft, hard } = /^Max open files\s+(?<soft>\S+)\s+(?<hard>\S+)/mu.exec(text)?.groups ?? {};
  if (soft === undefined || hard === undefined) return undefined;
  return { soft: toLimit(soft), hard: toLimit(hard) };
}

function toLimit(text: string): bigint {
  const infinity = 0xffff_ffff_ffff_ffffn;
  return text === 'unlimited' ? infinity : BigInt(text);
}
