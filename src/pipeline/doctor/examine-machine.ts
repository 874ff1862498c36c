import type { IdFacts } from '../../domain/machine-facts.ts';
import type { Settings } from '../../domain/settings.ts';
import { inspectHooks } from '../../host/inspect-hooks.ts';
import { inspectKernel } from '../../host/inspect-kernel.ts';
import { inspectLimits } from '../../host/inspect-limits.ts';
import { inspectRuntime } from '../../host/inspect-runtime.ts';
import { listHostIds } from '../../host/list-host-ids.ts';
import { describeIds } from './describe-ids.ts';
import { describeKernel } from './describe-kernel.ts';
import { describeRoot } from './describe-root.ts';
import { describeHooks, describeLimits, describeRuntime } from './describe-runtime.ts';
import { describeServices } from './describe-services.ts';
import { describeTrees } from './describe-trees.ts';
import type { Finding } from './finding.ts';
import { inspectRoot } from './inspect-root.ts';
import { inspectServices } from './inspect-services.ts';

/**
 * Looks at all that virtfs needs of this machine and at the roots of trees. Changes nothing, but for a trial of how files
 * can be shared, which leaves nothing. Without root it looks at less, and says at what it could not.
 */
export async function examineMachine(
  settings: Settings,
  path: string | undefined,
): Promise<readonly Finding[]> {
  const roots = await Promise.all(settings.roots.map((root) => inspectRoot(root, settings.trashDays)));
  const now = new Date().toISOString();
  const ids: IdFacts = {
    first: settings.uidFirst,
    count: settings.uidCount,
    domains: roots.flatMap(({ trees }) => trees?.domains ?? []),
    host: listHostIds(),
  };
  return [
    ...describeKernel(inspectKernel()),
    ...describeRuntime(inspectRuntime(path)),
    ...describeLimits(inspectLimits()),
    ...describeHooks(inspectHooks()),
    ...describeIds(ids),
    ...describeServices(await inspectServices(settings)),
    ...roots.flatMap((facts) => [
      ...describeRoot(facts),
      ...(facts.trees === undefined ? [] : describeTrees(facts.root, facts.trees, now)),
    ]),
  ];
}
