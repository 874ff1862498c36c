import { readSync } from 'node:fs';
import { writeAll } from './put-state-file.ts';

const chunk = Buffer.allocUnsafe(1 << 18);

/** Copies all bytes of one open file into another, empty one. */
export function copyContents(from: number, to: number): void {
  for (let at = 0; ; ) {
    const got = readSync(from, chunk, 0, chunk.length, at);
    if (got === 0) return;
    writeAll(to, chunk.subarray(0, got));
    at += got;
  }
}
