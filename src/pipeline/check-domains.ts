import { join } from 'node:path';
import type { DomainName } from '../domain/domain-name.ts';
import { openTreesRoot } from '../engine/open-root.ts';
import { StoreReader } from '../engine/read-store.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { Host } from '../host/open-host.ts';
import type { Finding } from '../manifest/finding.ts';
import { CheckedRoot } from './check-root.ts';
import { StoreCheck } from './check-store.ts';
import { counted } from './count-words.ts';
import { OutdatedFinder } from './find-outdated.ts';
import { FindingList } from './finding-list.ts';
import { readHostCaches } from './inspect-host.ts';
import { pace } from './pace.ts';
import { type Progress, runTasks, type Step } from './run-tasks.ts';

/** What `virtfs check` is asked for. */
export interface CheckRequest {
  readonly domains: readonly CheckedDomain[];
  /** With `deep`: read objects of the store that no checked domain uses too. */
  readonly wholeStore: boolean;
  /** Read all that was laid, and the store. */
  readonly deep: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface CheckedDomain {
  readonly root: string;
  readonly domain: DomainName;
}

export interface CheckResult {
  /** Those that were there to be looked at. */
  readonly domains: readonly CheckedDomain[];
  /** By domain, then by path; what belongs to no domain alone is last. */
  readonly findings: readonly Finding[];
}

/**
 * Compares domains with what was laid, and with the host. Changes nothing, takes no lock, and reads no more of a tree
 * than it must; what another virtfs changes meanwhile is looked at again.
 * Throws NEEDS_ROOT, ROOT_UNSAFE, PATH_MISSING, the signal's reason.
 */
export async function checkDomains(request: CheckRequest): Promise<CheckResult> {
  requireRootToRead();
  using resources = new DisposableStack();
  const byRoot = Map.groupBy(request.domains, ({ root }) => root);
  const checked: CheckedDomain[] = [];
  const findings: Finding[] = [];
  const ofStores: Finding[] = [];
  const steps = [...byRoot].flatMap(([path, domains]): Step[] => {
    const root = resources.use(openTreesRoot(path, { make: false }));
    const reader = resources.use(new StoreReader(root.fd));
    const inStore = new FindingList({ root: path });
    const store = new StoreCheck(reader, root.path, inStore);
    const outdated = new OutdatedFinder(new Host(readHostCaches(join(root.path, '.virtfs', 'cache'))));
    const between = pace(request.signal);
    const { deep } = request;
    const checks = new CheckedRoot({ root, shownRoot: path, store, outdated, deep, between });
    const behind = byRoot.size === 1 ? '' : ` of ${path}`;
    return [
      {
        title: `Look into trees${behind}`,
        run: async (note) => {
          for (const [index, { domain }] of domains.entries()) {
            note(`${index + 1} of ${domains.length}, ${domain}`);
            const found = await checks.check(domain);
            if (found === undefined) continue;
            checked.push({ root: path, domain });
            findings.push(...found);
            await between();
          }
          note(counted(domains.length, 'domain'));
        },
      },
      {
        title: `Look at the store${behind}`,
        run: async (note) => {
          if (deep) {
            const count = await store.readAll(request.wholeStore ? 'all' : 'asked for', between);
            note(`${counted(count, 'object')} read`);
          }
          ofStores.push(...inStore.all());
        },
      },
    ];
  });
  await runTasks(steps, request.progress);
  return { domains: checked, findings: [...findings, ...ofStores] };
}

function requireRootToRead(): void {
  if (process.geteuid?.() === 0) return;
  throw new VirtfsError('NEEDS_ROOT', {
    what: 'cannot check trees',
    why: 'much of a tree, and all that is known of it, only root can read',
    mend: 'run it as root: sudo virtfs check',
  });
}
