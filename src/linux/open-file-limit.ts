import { check, libcFunction } from './libc.ts';

/** Limits of open files (getrlimit(2), RLIMIT_NOFILE). */
export interface OpenFileLimit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** Sets the limits of open files of this process. */
export function setOpenFileLimit({ soft, hard }: OpenFileLimit): void {
  const noFile = 7;
  const setrlimit = libcFunction<[number, Uint8Array]>('int setrlimit(int, const void *)');
  check(setrlimit(noFile, new Uint8Array(new BigUint64Array([soft, hard]).buffer)), 'setrlimit');
}
