import { check, libcFunction } from './libc.ts';

/** The two ends of a pipe (pipe2(2)), both close-on-exec. The caller closes them. */
export function makePipe(): { readonly readFd: number; readonly writeFd: number } {
  const cloexec = 0o2000000;
  const ends = new Int32Array(2);
  const pipe2 = libcFunction<[Uint8Array, number]>('int pipe2(void *, int)');
  check(pipe2(new Uint8Array(ends.buffer), cloexec), 'pipe2');
  return { readFd: ends[0] ?? -1, writeFd: ends[1] ?? -1 };
}
