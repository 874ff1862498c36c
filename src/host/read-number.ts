import { readFileSync } from 'node:fs';

/** The whole number a file of /proc or /sys holds; undefined where there is no such file, or it may not be read. */
export function readNumber(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'latin1').trim();
    return /^\d+$/u.test(text) ? Number(text) : undefined;
  } catch {
    // Another kernel, or a container that hides it.
    return undefined;
  }
}
