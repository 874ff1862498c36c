import type { DomainRecord } from '../domain/record.ts';
import { putStateFile } from '../engine/put-state-file.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { nameHostCache, renderHostCache } from '../host/host-cache.ts';
import { sha256 } from '../linux/sha256.ts';
import { describeManifest } from '../manifest/describe-manifest.ts';
import type { Layer } from '../manifest/manifest.ts';
import type { Plan } from '../manifest/plan.ts';
import { type LayerPlan, planTreeLayer, planTreesOn } from '../plan/plan-tree.ts';
import { requireNoSecrets } from './check-secrets.ts';
import { StoredFiles } from './fill-store.ts';
import { type Inspection, inspectAnew } from './inspect-host.ts';
import { nameLayerFacts } from './name-own-facts.ts';
import { putLayer } from './put-layer.ts';
import { takeContents } from './take-contents.ts';
import type { TargetLayer, TargetQuestion } from './target-layer.ts';

/** Plans the layer of `profiles` from all the host has, and fills the store. Throws what planning throws. */
export async function planTargetLayer(question: TargetQuestion): Promise<TargetLayer> {
  const { settings, texts, profiles, names, trees } = question;
  const inspection = await inspectAnew(settings, profiles, [], texts);
  const { host } = inspection;
  const plan = planTreeLayer(inspection);
  const asked = { answers: host.answers(), facts: host.facts() };
  const planTree = planEach(plan, inspection, names());
  await question.between();
  const first = await planFirst(planTree, question.records);
  requireNoSecrets(first, host, new Set());
  const stored = new StoredFiles();
  await takeContents(
    question,
    [...first.layer, ...first.own].flatMap(({ entries }) => entries),
    host,
    stored,
  );
  const entries = describeManifest(first.layer, (entry) => stored.contentOf(entry));
  const layer: Layer = { version: 1, profiles, entries, notices: plan.notices };
  let id = sha256(JSON.stringify(layer));
  if (!question.dryRun) {
    id = putLayer({ state: trees.state, profiles, inspection, plan, sections: first.layer, stored, asked });
    if (host.isChanged)
      putStateFile(trees.state.part('cache'), nameHostCache(profiles), renderHostCache(host.usedCache()));
  }
  const answers = inspection.answersTellAll && host.isSettled() ? asked.answers : undefined;
  const ownFacts = nameLayerFacts(inspection, plan);
  return { id, layer, ownFacts, answers, host, stored, planner: async () => planTree };
}

/** The plan of the first domain that has one: what is wrong with one record is told where its tree's turn comes. */
async function planFirst(
  planTree: (record: DomainRecord) => Plan,
  records: TargetQuestion['records'],
): Promise<Plan> {
  let failure: unknown = new Error('no domain has these profiles');
  for (const record of records) {
    try {
      return planTree(await record());
    } catch (error) {
      if (!(error instanceof VirtfsError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** A text that names another domain is left out of a tree; one that names the domain itself is not. */
export function planEach(
  plan: LayerPlan,
  inspection: Inspection,
  names: readonly string[],
): (record: DomainRecord) => Plan {
  return (record) => {
    const own = new Set<string>([record.domain, ...record.aliases]);
    const otherDomains = names.filter((name) => !own.has(name));
    return planTreesOn(plan, { ...inspection, otherDomains })(record);
  };
}
