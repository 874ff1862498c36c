import { once } from 'node:events';
import process from 'node:process';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { setCapabilities } from '../../src/linux/capabilities.ts';
import type { Identity } from '../../src/linux/credentials.ts';
import { withFileIdentity } from '../../src/linux/file-identity.ts';
import { runAsDriver } from './run-driver.ts';

interface IdentityWords extends Identity {
  /** Who the process is. */
  readonly from?: number;
  readonly thread?: 'main' | 'worker';
}

if (isMainThread) {
  await runAsDriver<IdentityWords>(async (words) => {
    if (words.from !== undefined) process.setuid?.(words.from);
    if (words.thread === 'worker')
      await once(new Worker(new URL(import.meta.url), { workerData: words }), 'exit');
    else loseTheWayBack(words);
  });
} else {
  loseTheWayBack(workerData as IdentityWords);
}

/** Gives up for good the capabilities by which the thread would become root again. */
function loseTheWayBack(words: IdentityWords): void {
  withFileIdentity(words, () => setCapabilities({ effective: 0n, permitted: 0n, inheritable: 0n }));
}
