import { check, libcFunction } from './libc.ts';

/** Makes descriptor `number` another name of `fd`, which stays open over exec(2) (dup2(2)). */
export function replaceDescriptor(fd: number, number: number): void {
  const dup2 = libcFunction<[number, number]>('int dup2(int, int)');
  check(dup2(fd, number), 'dup2');
}
