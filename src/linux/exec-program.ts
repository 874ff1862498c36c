import { constants } from 'node:fs';
import { encodeStrings } from './encode-strings.ts';
import { check, lastError, libcFunction } from './libc.ts';
import { rawSyscall } from './raw-syscall.ts';

/** The program to become. Bytes, since neither arguments nor names need be text. None may hold a NUL. */
export interface Execution {
  readonly path: Uint8Array;
  readonly args: readonly Uint8Array[];
  readonly env: readonly Uint8Array[];
}

/**
 * Marks every descriptor above 2 to be closed by exec(2), inherited ones too, and standard input, output and error to
 * stay open: Node marks those as well.
 */
export function closeDescriptorsOnExec(): void {
  const cloexec = 4;
  rawSyscall('close_range', 'www', 3, 0xffffffff, cloexec);
  const setFlags = 2;
  const fcntl = libcFunction<[number, number, number]>('int fcntl(int, int, int)');
  for (const fd of [0, 1, 2]) check(fcntl(fd, setFlags, 0), 'fcntl');
}

/** Makes standard input, output and error blocking again where `flags`, their flags from before, say they were. */
export function restoreBlocking(flags: readonly (number | undefined)[]): void {
  const [getFlags, setFlags] = [3, 4];
  const fcntl = libcFunction<[number, number, number]>('int fcntl(int, int, int)');
  for (const [fd, before] of flags.entries()) {
    if (before === undefined || (before & constants.O_NONBLOCK) !== 0) continue;
    const now = check(fcntl(fd, getFlags, 0), 'fcntl');
    if ((now & constants.O_NONBLOCK) !== 0) check(fcntl(fd, setFlags, now & ~constants.O_NONBLOCK), 'fcntl');
  }
}

/** Becomes the program (execve(2)). Returns only when that failed, with the system's error. */
export function execProgram({ path, args, env }: Execution): NodeJS.ErrnoException {
  const execve = libcFunction<[Uint8Array, Uint8Array, Uint8Array]>(
    'int execve(const void *, const void *, const void *)',
  );
  execve(Buffer.concat([path, Buffer.of(0)]), encodeStrings(args), encodeStrings(env));
  return lastError('execve');
}
