import { closeSync, writeSync } from 'node:fs';
import koffi from 'koffi';
import { check, lastError, libcFunction } from './libc.ts';

/**
 * A program that is in no file system (memfd_create(2)): the descriptor of it, close-on-exec. EACCES from exec(2) where
 * the administrator forbade such programs (sysctl vm.memfd_noexec).
 */
export function makeProgramInMemory(name: string, bytes: Uint8Array): number {
  const cloexec = 1;
  const create = libcFunction<[string, number]>('int memfd_create(const char *, unsigned int)');
  const fd = check(create(name, cloexec), 'memfd_create');
  try {
    writeSync(fd, bytes);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Becomes the program of an open file (fexecve(3)), with its name as the one argument and an empty environment.
 * Returns only when that failed, with the system's error.
 */
export function execOpenProgram(fd: number, name: string): NodeJS.ErrnoException {
  const fexecve = libcFunction<[number, Uint8Array, Uint8Array]>(
    'int fexecve(int, const void *, const void *)',
  );
  // argv, its end, and the one string behind it, in a block that stays where it is during the call.
  const block = Buffer.concat([Buffer.alloc(16), Buffer.from(`${name}\0`)]);
  block.writeBigUInt64LE(BigInt(koffi.address(block)) + 16n, 0);
  fexecve(fd, block, new Uint8Array(8));
  return lastError('fexecve');
}
