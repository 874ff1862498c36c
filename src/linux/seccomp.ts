import koffi from 'koffi';
import { check, libcFunction } from './libc.ts';

/**
 * Puts the calling thread and what it becomes under a seccomp filter for good (PR_SET_SECCOMP, prctl(2)).
 * Needs CAP_SYS_ADMIN: without no_new_privs, set-user-id programs go on working.
 */
export function installSeccompFilter(filter: Uint8Array): void {
  const setSeccomp = 22;
  const modeFilter = 2;
  const prctl = libcFunction<[number, bigint, Uint8Array]>('int prctl(int, unsigned long, void *)');
  // struct sock_fprog and the filter in one block: what a call is given is not collected before it ends.
  const block = new Uint8Array(16 + filter.byteLength);
  block.set(filter, 16);
  const program = new DataView(block.buffer);
  program.setUint16(0, filter.byteLength / 8, true);
  program.setBigUint64(8, BigInt(koffi.address(block)) + 16n, true);
  check(prctl(setSeccomp, BigInt(modeFilter), block), 'seccomp');
}
