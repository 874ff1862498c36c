import { constants } from 'node:fs';
import koffi from 'koffi';
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

/** A NULL-terminated array of pointers to C strings, and behind it, in the same block, the strings. */
function encodeStrings(list: readonly Uint8Array[]): Uint8Array {
  const table = 8 * (list.length + 1);
  const block = new Uint8Array(list.reduce((size, each) => size + each.byteLength + 1, table));
  const view = new DataView(block.buffer);
  const base = BigInt(koffi.address(block));
  let offset = table;
  for (const [index, each] of list.entries()) {
    view.setBigUint64(8 * index, base + BigInt(offset), true);
    block.set(each, offset);
    offset += each.byteLength + 1;
  }
  return block;
}
