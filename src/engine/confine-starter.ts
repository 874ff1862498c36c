import { becomeIdentity, hasIdentity } from '../linux/credentials.ts';
import { readLandlockVersion } from '../linux/landlock.ts';
import { installSeccompFilter } from '../linux/seccomp.ts';
import { encodeSeccompFilter } from '../linux/seccomp-filter.ts';
import { limitCapabilities, serviceCapabilities } from './drop-capabilities.ts';
import { type IsolationStep, NotIsolated, runIsolationSteps } from './run-isolation-steps.ts';

// biome-ignore format: a table
const steps: readonly IsolationStep<undefined>[] = [
  { name: 'be root and nobody else',     run: () => becomeRoot() },
  { name: 'limit capabilities for good', run: () => limitCapabilities(serviceCapabilities) },
  { name: 'install the seccomp filter',  run: filterCalls },
];

/**
 * Puts the calling thread, which is to start services and no more, under what all of them are under: they inherit it, at no
 * cost for each. It may still enter the namespaces of cells. Throws ISOLATION_FAILED.
 */
export function confineStarter(): void {
  runIsolationSteps(steps, undefined);
}

/** Children that are root of a tree stay what the thread is. */
function becomeRoot(): void {
  const root = { uid: 0, gid: 0, groups: [] };
  becomeIdentity(root);
  if (!hasIdentity(root)) throw new NotIsolated('the ids are not the ones that were set');
}

function filterCalls(): void {
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  installSeccompFilter(
    encodeSeccompFilter({ arch, signalsScoped: readLandlockVersion() >= 6, entersCells: true }),
  );
}
