import type { DomainName } from '../domain/domain-name.ts';
import type { DomainRecord, LinkMethod } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import type { FileEntry } from '../manifest/entry.ts';
import type { Plan } from '../manifest/plan.ts';
import { planTreeLayer, planTreesOn } from '../plan/plan-tree.ts';
import { chooseRecords } from './choose-records.ts';
import type { CreateRequest } from './create-request.ts';
import { type Inspection, inspectHost } from './inspect-host.ts';
import { measurePlan, type PlanSizes } from './measure-plan.ts';

export interface PlannedDomain extends PlanSizes {
  readonly domain: DomainName;
  readonly record: Omit<DomainRecord, 'link'>;
  readonly plan: Plan;
}

/** What `createDomains` would do, with nothing written and no lock taken. */
export interface PlannedDomains {
  readonly domains: readonly PlannedDomain[];
  readonly notices: readonly string[];
}

/**
 * Plans the trees of new domains on this host as it is now. Works without root as far as the host can be read.
 * Sizes are for hard links unless the request names another way to share.
 * Throws what `createDomains` throws before it writes.
 */
export async function planDomains(
  request: Pick<
    CreateRequest,
    'domains' | 'addresses' | 'aliases' | 'profiles' | 'admin' | 'settings' | 'link'
  >,
): Promise<PlannedDomains> {
  const chosen = await chooseRecords(request, request.settings.root);
  const inspection = await inspectHost(request.settings, request.profiles, chosen.otherDomains);
  const planTree = planTreesOn(inspection.known?.plan ?? planTreeLayer(inspection), inspection);
  const link: LinkMethod = request.link === 'auto' ? 'hardlink' : request.link;
  const domains = chosen.records.map((record) => {
    const plan = planTree(record);
    return { domain: record.domain, record, plan, ...measurePlan(plan, link, sizeOn(inspection)) };
  });
  return { domains, notices: [...new Set(domains.flatMap(({ plan }) => plan.notices))] };
}

/** What profiles come to on this host: the part of a tree that all their domains share. */
export async function planForProfiles(
  settings: Settings,
  profiles: readonly string[],
): Promise<{ readonly inspection: Inspection; readonly plan: Plan; readonly sizes: PlanSizes }> {
  const inspection = await inspectHost(settings, profiles, []);
  const { layer, notices } = inspection.known?.plan ?? planTreeLayer(inspection);
  const plan: Plan = { layer, own: [], notices };
  return { inspection, plan, sizes: measurePlan(plan, 'hardlink', sizeOn(inspection)) };
}

function sizeOn({ host }: Inspection): (entry: FileEntry) => number {
  return ({ source }) => {
    if ('copyOf' in source) return host.lstat(source.copyOf)?.size ?? 0;
    return 'text' in source ? Buffer.byteLength(source.text) : source.bytes.length;
  };
}
