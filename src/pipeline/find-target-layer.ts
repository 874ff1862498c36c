import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { DomainRecord } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import { putStateFile } from '../engine/put-state-file.ts';
import type { Store } from '../engine/store.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { nameHostCache, renderHostCache } from '../host/host-cache.ts';
import { Host, type HostAnswers } from '../host/open-host.ts';
import { describeManifest, type FileContent } from '../manifest/describe-manifest.ts';
import type { Entry } from '../manifest/entry.ts';
import { storeKeyOf } from '../manifest/entry-of.ts';
import type { Layer, ManifestEntry } from '../manifest/manifest.ts';
import type { Plan } from '../manifest/plan.ts';
import { type LayerPlan, planTreeLayer, planTreesOn } from '../plan/plan-tree.ts';
import type { OpenTrees } from './change-trees.ts';
import { requireNoSecrets } from './check-secrets.ts';
import { fillStore, StoredFiles } from './fill-store.ts';
import { type HostTexts, type Inspection, inspectAnew, inspectHost, readKnownLayer } from './inspect-host.ts';
import { type KnownLayer, nameKnownLayer, parseKnownLayer, replaceContents } from './known-layer.ts';
import { LaidEntries } from './laid-entries.ts';
import { nameLayerFacts } from './name-own-facts.ts';
import { putLayer } from './put-layer.ts';
import { putPackageVersions } from './put-package-versions.ts';
import { readLayer } from './read-layer.ts';

/** What trees of one choice of profiles are to be on this host as it is now. */
export interface TargetLayer {
  readonly id: string;
  readonly layer: Layer;
  /** See `nameLayerFacts`. */
  readonly ownFacts: string;
  /** What of the host it was planned from; undefined where that cannot be told, or is changing right now. */
  readonly answers: HostAnswers | undefined;
  readonly host: Host;
  /** The store's content of the host files that `planTree` names. */
  readonly stored: StoredFiles;
  /** What plans all of one tree. */
  readonly planner: () => Promise<(record: DomainRecord) => Plan>;
}

export interface TargetQuestion {
  readonly settings: Settings;
  readonly texts: HostTexts;
  readonly profiles: readonly string[];
  /** All names of domains and aliases there are. */
  readonly names: () => readonly string[];
  /** The domains of these profiles: what is one's own decides what of the layer is left. Throw BAD_RECORD. */
  readonly records: readonly (() => Promise<DomainRecord>)[];
  readonly trees: OpenTrees;
  /** Nothing is written: contents of host files are hashed, not stored. */
  readonly dryRun: boolean;
  /** See to it that the store has every file of the layer: somebody may have removed what was damaged. */
  readonly looksIntoStore: boolean;
  readonly between: () => Promise<void> | undefined;
}

/**
 * Plans the layer of `profiles` from the host as it is now, and sees to it that the store has what it names. As little
 * is done as the host's changes allow: nothing when it still answers the same; only the new contents when no fact that
 * the plan was made from is another. Throws what planning throws, and IO_ERROR when the host changes meanwhile.
 */
export async function findTargetLayer(question: TargetQuestion): Promise<TargetLayer> {
  const { settings, texts, profiles, trees } = question;
  const text = readKnownLayer(settings.root, profiles);
  const known = parseKnownLayer(text, texts.key);
  const base = known && readLayer(trees.state, known.id);
  if (known === undefined || base === undefined) return planAnew(question);
  if (question.looksIntoStore && !isStored(trees.store, base)) return planAnew(question);
  const host = new Host(new Map());
  const changes = host.changedAnswers(known.answers);
  const changed = new Set(changes.map(([path]) => path));
  if (changes.length === 0) return targetOf(question, { known, layer: base, host });
  if (!host.stillHolds(known.facts, known.answers, changed)) return planAnew(question);
  const ofOwn = ownContents(known, base);
  // What is a domain's own is not in the layer, and its facts are no others.
  if (ofOwn.some(([path]) => changed.has(path))) return planAnew(question);
  const layer = await takeContents(question, { host, base, changed });
  const layerText = JSON.stringify(layer);
  const answers = replaceAnswers(known.answers, changes);
  const id = hash('sha256', layerText);
  const contents = [...contentsOf(layer), ...ofOwn];
  const isSettled = host.isSettled();
  if (!question.dryRun) {
    putStateFile(trees.state.part('layers'), `${id}.json`, layerText);
    putPackageVersions(trees.state, id);
    if (isSettled) {
      const name = nameKnownLayer(profiles);
      putStateFile(trees.state.part('cache'), name, replaceContents(text, { answers, contents, id }));
    }
  }
  const renewed: KnownLayer = {
    ...head(known),
    answers,
    contents,
    id,
    get plan() {
      return known.plan;
    },
  };
  return { ...targetOf(question, { known: renewed, layer, host }), answers: isSettled ? answers : undefined };
}

/** What the layer has of host files. */
function contentsOf({ entries }: Layer): KnownLayer['contents'] {
  return entries.flatMap(({ from, sha256, size }) =>
    from === undefined || sha256 === undefined || size === undefined
      ? []
      : [[from, { sha256, size }] as const],
  );
}

/** What is known of host files that are only in the own part of trees. */
function ownContents({ contents }: KnownLayer, { entries }: Layer): KnownLayer['contents'] {
  const ofLayer = new Set(entries.map(({ from }) => from));
  return contents.filter(([path]) => !ofLayer.has(path));
}

function isStored(store: Store, { entries }: Layer): boolean {
  return entries.every((entry) => entry.type !== 'file' || store.has(storeKeyOf(entry), entry.size ?? 0));
}

/** All but the plan, which is only read when it is asked for. */
function head({ version, key, facts, profile, own, entries }: KnownLayer) {
  return { version, key, facts, profile, own, entries };
}

function targetOf(
  question: TargetQuestion,
  { known, layer, host }: { readonly known: KnownLayer; readonly layer: Layer; readonly host: Host },
): TargetLayer {
  const stored = new StoredFiles();
  for (const [path, content] of known.contents) stored.put(path, content);
  const planner = async () => {
    const { settings, texts, profiles, names } = question;
    return planEach(known.plan, await inspectHost(settings, profiles, [], texts), names());
  };
  return { id: known.id, layer, ownFacts: known.own, answers: known.answers, host, stored, planner };
}

/** A text that names another domain is left out of a tree; one that names the domain itself is not. */
function planEach(
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

function replaceAnswers(answers: HostAnswers, changes: HostAnswers): HostAnswers {
  const now = new Map(changes);
  return answers.map(([path, identity]) => [path, now.get(path) ?? identity]);
}

/** The layer with the bytes that changed files of the host have now. */
async function takeContents(
  question: TargetQuestion,
  {
    host,
    base,
    changed,
  }: { readonly host: Host; readonly base: Layer; readonly changed: ReadonlySet<string> },
): Promise<Layer> {
  const laid = new LaidEntries();
  const touched = base.entries.filter(({ from }) => from !== undefined && changed.has(from));
  const entries = touched.map((entry) => laid.entryOf(entry));
  requireNoSecrets({ layer: [{ name: 'programs', entries }], own: [], notices: [] }, host, new Set());
  const stored = new StoredFiles();
  await takeAll(question, entries, host, stored);
  const contentOf = new Map(touched.map(({ from = '' }) => [from, stored.find(from)]));
  return {
    ...base,
    entries: base.entries.map((entry) => withContent(entry, contentOf.get(entry.from ?? ''))),
  };
}

function withContent(entry: ManifestEntry, content: FileContent | undefined): ManifestEntry {
  return content === undefined ? entry : { ...entry, ...content };
}

async function planAnew(question: TargetQuestion): Promise<TargetLayer> {
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
  await takeAll(
    question,
    [...first.layer, ...first.own].flatMap(({ entries }) => entries),
    host,
    stored,
  );
  const entries = describeManifest(first.layer, (entry) => stored.contentOf(entry));
  const layer: Layer = { version: 1, profiles, entries, notices: plan.notices };
  let id = hash('sha256', JSON.stringify(layer));
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

/** Sees to it that the contents of all host files are known, and in the store unless it is a dry run. */
export async function takeAll(
  { trees, dryRun, between }: Pick<TargetQuestion, 'trees' | 'dryRun' | 'between'>,
  entries: readonly Entry[],
  host: Host,
  stored: StoredFiles,
): Promise<void> {
  if (!dryRun) {
    await fillStore(entries, { store: trees.store, host, stored }, between);
    return;
  }
  for (const entry of entries) {
    if (entry.type !== 'file' || !('copyOf' in entry.source) || stored.find(entry.source.copyOf)) continue;
    const path = entry.source.copyOf;
    const size = host.lstat(path)?.size ?? 0;
    stored.put(path, { sha256: host.sha256(path) ?? (await hashFile(path)), size });
    await between();
  }
}

async function hashFile(path: string): Promise<string> {
  const sum = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) sum.update(chunk);
  } catch (error) {
    throw explainErrno(error, `cannot read ${escapeLines(path)}`);
  }
  return sum.digest('hex');
}
