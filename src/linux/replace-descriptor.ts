import { check, libcFunction } from './libc.ts';

/** Makes descriptor `number` another name of `fd`, which stays open over exec(2) (dup2(2)). */
export function replaceDescriptor(fd: number, number: number): void {
  const dup2 = libcFunction<[number, number]>('int dup2(int, int)');
  check(dup2(fd, number), 'dup2');
}

/** As `replaceDescriptor`, but close-on-exec (dup3(2)); the two must differ. */
export function replaceDescriptorOnExec(fd: number, number: number): void {
  dup3 ??= libcFunction('int dup3(int, int, int)');
  check(dup3(fd, number, 0o2000000), 'dup3');
}

let dup3: ((fd: number, number: number, flags: number) => number) | undefined;

/** Another name of `fd`, above those of standard input, output and error, close-on-exec (fcntl(2), F_DUPFD_CLOEXEC). */
export function duplicateDescriptor(fd: number): number {
  const fcntl = libcFunction<[number, number, number]>('int fcntl(int, int, int)');
  const [duplicate, lowest] = [1030, 3];
  return check(fcntl(fd, duplicate, lowest), 'fcntl');
}
