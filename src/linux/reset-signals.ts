import { check, libcFunction } from './libc.ts';

/**
 * Every signal does what it does by default and none is blocked (signal(7)): Node ignores SIGPIPE, and an ignored
 * signal stays ignored over exec(2).
 */
export function resetSignals(): void {
  const signal = libcFunction<[number, number]>('intptr_t signal(int, intptr_t)');
  // SIGKILL, SIGSTOP and the two the C library keeps refuse; that is their default.
  for (let number = 1; number <= 64; number++) signal(number, 0);
  const setMask = 2;
  const sigprocmask = libcFunction<[number, Uint8Array, null]>('int sigprocmask(int, const void *, void *)');
  check(sigprocmask(setMask, new Uint8Array(128), null), 'sigprocmask');
}
