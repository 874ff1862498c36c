import type { Profile } from '../domain/profile.ts';
import type { HostAnswers } from '../host/open-host.ts';
import type { FileContent } from '../manifest/describe-manifest.ts';
import type { Entry } from '../manifest/entry.ts';
import type { Section } from '../manifest/plan.ts';
import type { LayerPlan } from '../plan/plan-tree.ts';

/**
 * A planned layer with all it was planned from: `.virtfs/cache/layer.PROFILES.json`. As long as the host gives the same
 * answers, planning it again would give the same layer.
 */
export interface KnownLayer {
  readonly version: 1;
  /** Hash of virtfs itself and of the texts of all profiles and templates. */
  readonly key: string;
  /** What planning asked the host. */
  readonly answers: HostAnswers;
  /** The chosen profiles as one. */
  readonly profile: Profile;
  readonly plan: LayerPlan;
  /** By host path, what the store has of the planned files. */
  readonly contents: readonly (readonly [hostPath: string, content: FileContent])[];
  /** The name of the layer among `.virtfs/layers`, and how many entries it has there. */
  readonly id: string;
  readonly entries: number;
}

export function nameKnownLayer(profiles: readonly string[]): string {
  return `layer.${encodeURIComponent(profiles.join('+')).slice(0, 200)}.json`;
}

export function renderKnownLayer(known: KnownLayer): string {
  return JSON.stringify({ ...known, plan: { ...known.plan, layer: known.plan.layer.map(packSection) } });
}

/** The layer in `text` when it was planned from `key`, else undefined: then it is planned anew. */
export function parseKnownLayer(text: string, key: string): KnownLayer | undefined {
  // A part of the text is enough to see that it is of another time.
  if (!text.startsWith(`{"version":1,"key":"${key}"`)) return undefined;
  try {
    const known = JSON.parse(text) as KnownLayer;
    return { ...known, plan: { ...known.plan, layer: known.plan.layer.map(unpackSection) } };
  } catch {
    // Cut short or foreign.
    return undefined;
  }
}

function packSection({ name, entries }: Section): unknown {
  return { name, entries: entries.map(packEntry) };
}

function packEntry(entry: Entry): unknown {
  if (entry.type !== 'file' || !('bytes' in entry.source)) return entry;
  return { ...entry, source: { base64: Buffer.from(entry.source.bytes).toString('base64') } };
}

function unpackSection({ name, entries }: Section): Section {
  return { name, entries: entries.map(unpackEntry) };
}

function unpackEntry(entry: Entry): Entry {
  if (entry.type !== 'file' || !('base64' in entry.source)) return entry;
  return { ...entry, source: { bytes: Buffer.from(String(entry.source.base64), 'base64') } };
}
