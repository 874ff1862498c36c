import { lastError, libcFunction } from './libc.ts';

const seek = libcFunction<[number, number, number]>('int64_t lseek(int, int64_t, int)');
const seekData = 3;
const seekHole = 4;

/** A run of bytes that are really there. */
export interface DataRun {
  readonly start: number;
  /** The first byte after it. */
  readonly end: number;
}

/** The next run of data at or after `from` in an open file; undefined when only a hole is left (lseek(2), SEEK_DATA). */
export function findData(fd: number, from: number): DataRun | undefined {
  const start = Number(seek(fd, from, seekData));
  if (start === -1) {
    const error = lastError('lseek');
    if (error.code === 'ENXIO') return undefined;
    throw error;
  }
  const end = Number(seek(fd, start, seekHole));
  // Cut short between the two calls.
  return end === -1 ? undefined : { start, end };
}
