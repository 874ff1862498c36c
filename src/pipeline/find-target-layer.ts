import { putStateFile } from '../engine/put-state-file.ts';
import type { Store } from '../engine/store.ts';
import { Host, type HostAnswers } from '../host/open-host.ts';
import { sha256 } from '../linux/sha256.ts';
import type { FileContent } from '../manifest/describe-manifest.ts';
import { storeKeyOf } from '../manifest/entry-of.ts';
import type { Layer, ManifestEntry } from '../manifest/manifest.ts';
import { requireNoSecrets } from './check-secrets.ts';
import { StoredFiles } from './fill-store.ts';
import { inspectHost, readKnownLayer } from './inspect-host.ts';
import { type KnownLayer, nameKnownLayer, parseKnownLayer, replaceContents } from './known-layer.ts';
import { LaidEntries } from './laid-entries.ts';
import { putPackageVersions } from './put-package-versions.ts';
import { readLayer } from './read-layer.ts';
import { takeContents } from './take-contents.ts';
import type { TargetLayer, TargetQuestion } from './target-layer.ts';

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
  const layer = await replaceContentsOf(question, { host, base, changed });
  const layerText = JSON.stringify(layer);
  const answers = replaceAnswers(known.answers, changes);
  const id = sha256(layerText);
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
    const inspection = await inspectHost(settings, profiles, [], texts);
    const { planEach } = await import('./plan-target-layer.ts');
    return planEach(known.plan, inspection, names());
  };
  return { id: known.id, layer, ownFacts: known.own, answers: known.answers, host, stored, planner };
}

function replaceAnswers(answers: HostAnswers, changes: HostAnswers): HostAnswers {
  const now = new Map(changes);
  return answers.map(([path, identity]) => [path, now.get(path) ?? identity]);
}

/** The layer with the bytes that changed files of the host have now. */
async function replaceContentsOf(
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
  await takeContents(question, entries, host, stored);
  const contentOf = new Map(touched.map(({ from = '' }) => [from, stored.find(from)]));
  return {
    ...base,
    entries: base.entries.map((entry) => withContent(entry, contentOf.get(entry.from ?? ''))),
  };
}

function withContent(entry: ManifestEntry, content: FileContent | undefined): ManifestEntry {
  return content === undefined ? entry : { ...entry, ...content };
}

/** Loaded where it is needed: most updates need no planning. */
async function planAnew(question: TargetQuestion): Promise<TargetLayer> {
  const { planTargetLayer } = await import('./plan-target-layer.ts');
  return planTargetLayer(question);
}
