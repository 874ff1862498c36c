import { check, lastError, libcFunction } from './libc.ts';

/**
 * Puts this process in a session of its own (setsid(2)), without terminal, so that what it sends to its process group
 * reaches nobody else. The leader of a group cannot have a new session; it first joins the group of its parent. Where it
 * leads a group with others in it, it keeps that group, which its caller made for it.
 */
export function makeOwnSession(): void {
  const setsid = libcFunction<[]>('int setsid()');
  if (setsid() !== -1 || isSessionLeader()) return;
  const setpgid = libcFunction<[number, number]>('int setpgid(int, int)');
  const getpgid = libcFunction<[number]>('int getpgid(int)');
  const parents = getpgid(process.ppid);
  // 0 is a group outside of its pid namespace, which cannot be joined.
  if (parents > 0 && setpgid(0, parents) === 0) {
    if (setsid() !== -1) return;
    // Back: in the group of its parent a signal for all would reach it.
    check(setpgid(0, 0), 'setpgid');
    return;
  }
  if (getpgid(0) !== process.pid) throw lastError('setsid');
}

function isSessionLeader(): boolean {
  const getsid = libcFunction<[number]>('int getsid(int)');
  return getsid(0) === process.pid;
}
