import type { Profile } from '../domain/profile.ts';
import type { HostAnswers, HostFacts } from '../host/open-host.ts';
import type { FileContent } from '../manifest/describe-manifest.ts';
import type { Entry } from '../manifest/entry.ts';
import type { Section } from '../manifest/plan.ts';
import type { LayerPlan } from '../plan/plan-tree.ts';

/** What is known of a layer beside the plan it came from. */
interface KnownHead {
  readonly version: 1;
  /** Hash of virtfs itself and of the texts of all profiles and templates. */
  readonly key: string;
  /** What planning asked the host. */
  readonly answers: HostAnswers;
  /** What of the answers the plan was made from. */
  readonly facts: HostFacts;
  /** The chosen profiles as one. */
  readonly profile: Profile;
  /** Hash of what the own entries of any tree on this layer are planned from: see `nameLayerFacts`. */
  readonly own: string;
  /** By host path, what the store has of the planned files. */
  readonly contents: readonly (readonly [hostPath: string, content: FileContent])[];
  /** The name of the layer among `.virtfs/layers`, and how many entries it has there. */
  readonly id: string;
  readonly entries: number;
}

/**
 * A planned layer with all it was planned from: `.virtfs/cache/layer.PROFILES.json`. As long as the host gives the same
 * answers, planning it again would give the same layer; as long as the facts are the same, the same plan.
 */
export interface KnownLayer extends KnownHead {
  readonly plan: LayerPlan;
}

export function nameKnownLayer(profiles: readonly string[]): string {
  return `layer.${encodeURIComponent(profiles.join('+')).slice(0, 200)}.json`;
}

// The plan is the larger half, and not every call needs it: it is text until it is asked for.
const beforePlan = ',"plan":';
const end = ',"end":1}';

export function renderKnownLayer({ plan, ...head }: KnownLayer): string {
  return renderHead(head) + JSON.stringify({ ...plan, layer: plan.layer.map(packSection) }) + end;
}

/** The text of a known layer with the same plan and other contents. */
export function replaceContents(
  text: string,
  changes: Pick<KnownHead, 'answers' | 'contents' | 'id'>,
): string {
  const at = text.indexOf(beforePlan);
  const head = JSON.parse(`${text.slice(0, at)}}`) as KnownHead;
  return renderHead({ ...head, ...changes }) + text.slice(at + beforePlan.length);
}

/** The layer in `text` when it was planned from `key`, else undefined: then it is planned anew. */
export function parseKnownLayer(text: string, key: string): KnownLayer | undefined {
  // A part of the text is enough to see that it is of another time.
  if (!text.startsWith(`{"version":1,"key":"${key}"`) || !text.endsWith(end)) return undefined;
  try {
    const at = text.indexOf(beforePlan);
    const head = JSON.parse(`${text.slice(0, at)}}`) as KnownHead;
    let plan: LayerPlan | undefined;
    return {
      ...head,
      get plan() {
        plan ??= unpackPlan(JSON.parse(text.slice(at + beforePlan.length, -end.length)) as LayerPlan);
        return plan;
      },
    };
  } catch {
    // Foreign.
    return undefined;
  }
}

function renderHead({
  version,
  key,
  answers,
  facts,
  profile,
  own,
  contents,
  id,
  entries,
}: KnownHead): string {
  const head: KnownHead = { version, key, answers, facts, profile, own, contents, id, entries };
  return JSON.stringify(head).slice(0, -1) + beforePlan;
}

function unpackPlan(plan: LayerPlan): LayerPlan {
  return { ...plan, layer: plan.layer.map(unpackSection) };
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
