import { check, libcFunction } from './libc.ts';

/**
 * Lets no process without CAP_SYS_PTRACE trace this one or read its memory until it execs (PR_SET_DUMPABLE,
 * prctl(2)), and keeps a core of it, with what was read of the host, out of anyone's reach.
 */
export function denyTracing(): void {
  const setDumpable = 4;
  const prctl = libcFunction<[number, number]>('int prctl(int, unsigned long)');
  check(prctl(setDumpable, 0), 'prctl');
}
