import { hasName } from '../engine/lay-tree.ts';
import { putStateFile } from '../engine/put-state-file.ts';
import type { StateDir } from '../engine/state-dir.ts';
import type { HostAnswers, HostFacts } from '../host/open-host.ts';
import { sha256 } from '../linux/sha256.ts';
import { describeManifest } from '../manifest/describe-manifest.ts';
import type { Layer } from '../manifest/manifest.ts';
import type { Section } from '../manifest/plan.ts';
import type { LayerPlan } from '../plan/plan-tree.ts';
import type { StoredFiles } from './fill-store.ts';
import type { Inspection } from './inspect-host.ts';
import { nameKnownLayer, renderKnownLayer } from './known-layer.ts';
import { nameLayerFacts } from './name-own-facts.ts';
import { putPackageVersions } from './put-package-versions.ts';

export interface LayerToPut {
  readonly state: StateDir;
  readonly profiles: readonly string[];
  readonly inspection: Inspection;
  readonly plan: LayerPlan;
  /** What of the plan trees share: their own entries wait elsewhere. */
  readonly sections: readonly Section[];
  readonly stored: StoredFiles;
  readonly asked: Asked;
}

/** What planning asked the host. */
export interface Asked {
  readonly answers: HostAnswers;
  readonly facts: HostFacts;
}

/** Writes down a layer, unless it is there, and what it was planned from; gives its name. */
export function putLayer({ state, profiles, inspection, plan, sections, stored, asked }: LayerToPut): string {
  const { known, key, profile } = inspection;
  const count = sections.reduce((sum, { entries }) => sum + entries.length, 0);
  if (known?.entries === count && hasName(state.part('layers'), `${known.id}.json`)) return known.id;

  const entries = describeManifest(sections, (entry) => stored.contentOf(entry));
  const layer: Layer = { version: 1, profiles, entries, notices: plan.notices };
  const text = JSON.stringify(layer);
  const id = sha256(text);
  putStateFile(state.part('layers'), `${id}.json`, text);
  putPackageVersions(state, id);
  if (mayKeepPlan(inspection)) {
    const contents = stored.all();
    const text = renderKnownLayer({
      version: 1,
      key,
      ...asked,
      profile,
      plan,
      own: nameLayerFacts(inspection, plan),
      contents,
      id,
      entries: count,
    });
    putStateFile(state.part('cache'), nameKnownLayer(profiles), text);
  }
  return id;
}

/** Kept is only what can be seen to change. */
function mayKeepPlan({ host, answersTellAll }: Inspection): boolean {
  return answersTellAll && host.isSettled();
}
