import { accessSync, constants } from 'node:fs';
import process from 'node:process';

/** What a test may need of the machine: to be root, or a program on PATH. */
export type Need = 'root' | { readonly program: string };

/**
 * True when the host has everything a test needs: `describe.runIf(needs('root', { program: 'zsh' }))`.
 * Where VIRTFS_TEST_STRICT is set, as scripts/test does for root, a missing need fails the run:
 * a test nobody runs is a test nobody has.
 */
export function needs(...wanted: readonly Need[]): boolean {
  const missing = wanted.filter((need) => !isThere(need));
  if (missing.length > 0 && process.env.VIRTFS_TEST_STRICT) {
    const names = missing.map((need) => (need === 'root' ? 'root' : need.program));
    throw new Error(`this host lacks ${names.join(', ')}`);
  }
  return missing.length === 0;
}

function isThere(need: Need): boolean {
  if (need === 'root') return process.getuid?.() === 0;
  return (process.env.PATH ?? '').split(':').some((dir) => isExecutable(`${dir}/${need.program}`));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Every error has one meaning here: it cannot be run from this folder.
    return false;
  }
}
