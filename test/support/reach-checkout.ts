import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** This checkout where everybody can reach it: it may stand in a folder that is closed to others. */
export interface ReachableCheckout extends Disposable {
  /** A path of the checkout, as everybody reaches it. */
  readonly at: (path: string) => string;
}

const checkout = new URL('../..', import.meta.url).pathname;

/** Mounts it in a new folder; needs root, and a mount namespace that ends with the test run. */
export function reachCheckout(): ReachableCheckout {
  const place = mkdtempSync(join(tmpdir(), 'virtfs-checkout-'));
  chmodSync(place, 0o755);
  execFileSync('mount', ['--bind', checkout, place]);
  return {
    at: (path) => join(place, relative(checkout, path)),
    [Symbol.dispose]: () => {
      execFileSync('umount', ['--lazy', place]);
      rmdirSync(place);
    },
  };
}
