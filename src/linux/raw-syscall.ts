import { check, libcFunction } from './libc.ts';
import { ownSyscallNumber, type SyscallName } from './syscall-numbers.ts';

type Word = number | bigint;
type Pointer = Uint8Array | string | null;

/** Shapes of arguments, `w` a word and `p` a pointer, with a C prototype each: koffi wants to know which is which. */
const shapes = {
  www: 'long syscall(long, long, long, long)',
  wpw: 'long syscall(long, long, const char *, long)',
  pp: 'long syscall(long, const char *, const char *)',
  pww: 'long syscall(long, const void *, long, long)',
  wpwpw: 'long syscall(long, long, const char *, long, const char *, long)',
  wwppw: 'long syscall(long, long, long, const char *, const char *, long)',
  wwpw: 'long syscall(long, long, long, const void *, long)',
  wpwp: 'long syscall(long, long, const char *, long, const void *, long)',
} as const;

export type SyscallShape = keyof typeof shapes;

const declared = new Map<SyscallShape, (...args: unknown[]) => number>();

/**
 * Calls the kernel without the C library between, for calls old C libraries lack and for those they would carry out on
 * every thread (credentials: libc aborts when its threads disagree, and only the thread that execs matters).
 * Returns the result; throws the system's error.
 */
export function rawSyscall(
  name: SyscallName,
  shape: SyscallShape,
  ...args: readonly (Word | Pointer)[]
): number {
  let call = declared.get(shape);
  if (!call) {
    call = libcFunction<unknown[]>(shapes[shape]);
    declared.set(shape, call);
  }
  return check(Number(call(ownSyscallNumber(name), ...args)), name);
}
