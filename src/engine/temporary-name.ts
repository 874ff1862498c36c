let made = 0;

/**
 * A name in a folder of root's own state for what is not whole yet. No other process makes one there: whoever writes holds
 * the lock of the root, and clears first what a killed one left (`sweepLeftovers`).
 */
export function temporaryName(): string {
  made += 1;
  return `.new-${process.pid}-${made}`;
}
