import type { DomainRecord } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import { listDomains } from '../host/read-records.ts';
import type { Plan } from '../manifest/plan.ts';
import { planTreeLayer, planTreesOn } from '../plan/plan-tree.ts';
import { type Inspection, inspectHost } from './inspect-host.ts';

export interface PlannedAgain {
  readonly plan: Plan;
  readonly inspection: Inspection;
}

/**
 * Plans the tree of a domain that is there already, from the host as it is now. `settings.root` is the root it is in.
 * Writes nothing. Throws what planning throws.
 */
export async function planAgain(settings: Settings, record: DomainRecord): Promise<PlannedAgain> {
  // A text that names another domain is left out of a tree; one that names the domain itself is not.
  const own = new Set<string>([record.domain, ...record.aliases]);
  const roots = [...new Set([settings.root, ...settings.roots])];
  const names = roots
    .map(listDomains)
    .flatMap(({ domains, aliases }) => [...domains, ...aliases.map(({ name }) => name)]);
  const otherDomains = names.filter((name) => !own.has(name));
  const inspection = await inspectHost(settings, record.profiles, otherDomains);
  const layer = inspection.known?.plan ?? planTreeLayer(inspection);
  return { plan: planTreesOn(layer, inspection)(record), inspection };
}
