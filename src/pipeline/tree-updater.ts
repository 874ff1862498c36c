import { parseElf } from '../closure/parse-elf.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { DomainRecord } from '../domain/record.ts';
import { HeldTree } from '../engine/held-tree.ts';
import { keepPrevious } from '../engine/keep-previous.ts';
import { listAddedPrograms, type ReadAt } from '../engine/list-added-programs.ts';
import { openTree } from '../engine/open-tree.ts';
import { putStateFile } from '../engine/put-state-file.ts';
import { compareEntries, type EntryChange } from '../manifest/compare-entries.ts';
import { describeManifest } from '../manifest/describe-manifest.ts';
import type { Entry } from '../manifest/entry.ts';
import type { Layer, ManifestEntry } from '../manifest/manifest.ts';
import { type ManifestHead, renderManifest, replaceManifestHead } from '../manifest/manifest-text.ts';
import { decideKeeping } from '../plan/decide-keeping.ts';
import { decideKeptLibraries, removesLibraries } from '../plan/decide-kept-libraries.ts';
import { widenChanges } from '../plan/widen-changes.ts';
import type { OpenTrees } from './change-trees.ts';
import { requireNoSecrets } from './check-secrets.ts';
import { LaidEntries } from './laid-entries.ts';
import { mergeTreeAccounts } from './merge-tree-accounts.ts';
import { nameOwnFacts } from './name-own-facts.ts';
import { readLayer } from './read-layer.ts';
import type { TreeState } from './read-tree-states.ts';
import { takeContents } from './take-contents.ts';
import type { TargetLayer } from './target-layer.ts';
import { entriesOfLayers, UnfinishedUpdate } from './unfinished-update.ts';
import type { Change, UpdatedDomain } from './update-request.ts';
import { planSwaps, type Swaps, type UpdatedTree, updateTree } from './update-tree.ts';

export interface UpdaterSetting {
  readonly trees: OpenTrees;
  /** By domain, the layer its tree is brought to. */
  readonly targets: ReadonlyMap<string, string>;
  readonly logSocket: string | undefined;
  readonly dryRun: boolean;
  /** Look at every file that was laid. */
  readonly repair: boolean;
  readonly signal: AbortSignal;
  readonly between: () => Promise<void> | undefined;
  readonly recordOf: (state: TreeState) => Promise<DomainRecord>;
}

/** What a tree holds beside its layer. */
interface OwnPart {
  readonly after: readonly ManifestEntry[];
  /** The planned entries by path. */
  readonly planned: ReadonlyMap<string, Entry>;
}

type Updated = Pick<UpdatedDomain, 'changes' | 'conflicts'>;

/** One tree on its way to its target. */
interface Work {
  readonly state: TreeState;
  readonly target: TargetLayer;
  readonly tree: HeldTree;
  /** Layers it may hold files of, since a call before this one was stopped. */
  readonly stopped: readonly string[];
  /** Look at every file that was laid. */
  readonly looksFirst: boolean;
  /** What its manifest says from then on. */
  readonly head: ManifestHead;
}

/** Brings one tree after the other to its target. Trees on the same layer share the work of comparing it. */
export class TreeUpdater {
  readonly #setting: UpdaterSetting;
  readonly #laid = new LaidEntries();
  readonly #layers = new Map<string, Layer | undefined>();
  readonly #layerChanges = new Map<string, readonly EntryChange[]>();
  readonly #swaps = new Map<readonly EntryChange[], Swaps>();
  readonly #seen = new Set<string>();
  readonly #unfinished: UnfinishedUpdate;
  readonly #now = new Date().toISOString();

  constructor(setting: UpdaterSetting) {
    this.#setting = setting;
    this.#unfinished = new UnfinishedUpdate(setting.trees.state);
  }

  /** Throws DOMAIN_MISSING, TREE_UNSAFE. */
  open(domain: DomainName): HeldTree {
    return new HeldTree(openTree(this.#setting.trees.root, domain), { mounts: 'refused' });
  }

  /** To be called at the end; `done` are the domains that were updated. */
  settle(done: Iterable<string>): void {
    if (!this.#setting.dryRun) this.#unfinished.settle(done);
  }

  /** Applies what differs, then writes down what the tree is made of. */
  async update(state: TreeState, target: TargetLayer, tree: HeldTree): Promise<Updated> {
    const { domain, recordText, head } = state;
    const facts = nameOwnFacts(target.ownFacts, this.#setting.logSocket, recordText);
    const stopped = this.#unfinished.layersBut(domain, target.id);
    const work: Work = {
      state,
      target,
      tree,
      stopped,
      looksFirst: this.#setting.repair || head?.unsettled === true || stopped.length > 0,
      head: { version: 1, domain, layer: target.id, facts, updated: this.#now },
    };
    if (head === undefined || head.facts !== facts || head.held || work.looksFirst)
      return this.#updateWhole(work);
    if (head.layer === target.id) return { changes: [], conflicts: [] };
    const changes = this.#compareLayers(head.layer, target);
    return changes === undefined ? this.#updateWhole(work) : this.#updateLayer(work, changes);
  }

  /** What of the layer changes, when nothing comes or goes: only then can no own entry be touched by it. */
  #compareLayers(before: string, target: TargetLayer): readonly EntryChange[] | undefined {
    const pair = `${before} ${target.id}`;
    let changes = this.#layerChanges.get(pair);
    if (changes === undefined) {
      const layer = this.#layer(before);
      if (layer === undefined) return undefined;
      changes = compareEntries(layer.entries, target.layer.entries);
      this.#layerChanges.set(pair, changes);
    }
    const onlyReplaces = changes.every(({ before, after }) => before !== undefined && after !== undefined);
    return onlyReplaces ? changes : undefined;
  }

  async #updateLayer(work: Work, changes: readonly EntryChange[]): Promise<Updated> {
    this.#keepPrevious(work, changes);
    const swaps = work.state.link === 'hardlink' ? this.#swapsOf(changes) : new Map();
    const { changes: done, conflicts } = await this.#apply(work, changes, new Map(), swaps);
    const head = { ...work.head, ...unsettledBy({ conflicts }) };
    this.#putManifest(work, replaceManifestHead(work.state.manifest, head));
    return { changes: done, conflicts };
  }

  async #updateWhole(work: Work): Promise<Updated> {
    const { state, target, tree, looksFirst } = work;
    const { trees, dryRun, signal } = this.#setting;
    const file = `${trees.root.path}/.virtfs/manifests/${state.domain}.json`;
    // Loaded where it is needed: it brings the schema library along.
    const { parseManifest } = await import('../manifest/parse-manifest.ts');
    const manifest = parseManifest(state.manifest.toString(), file);
    const own = await this.#planOwn(work);
    const before = merge(this.#layer(manifest.layer)?.entries ?? [], manifest.own);
    const after = merge(target.layer.entries, own.after);
    const compared = compareEntries([...before.values()], [...after.values()]);
    const changes = looksFirst
      ? widenChanges(compared, after, entriesOfLayers(trees.state, work.stopped))
      : [...compared, ...hardlinksOf(after)];
    const kept = this.#findKept(changes, before, tree);
    this.#keepPrevious(work, compared);
    const updated = await this.#apply(
      work,
      changes.filter(({ path }) => !kept.has(path)),
      own.planned,
    );
    const hasNewAccounts = compared.some(({ path }) => decideKeeping(path) === 'accounts');
    const accounts =
      hasNewAccounts || state.head?.unsettled
        ? await mergeTreeAccounts(tree.fd, own.planned, { dryRun, signal })
        : { changes: [], conflicts: [] };
    const keptEntries = [...kept].flatMap(([path, by]) => keptEntry(before.get(path), by));
    const conflicts = [...updated.conflicts, ...accounts.conflicts];
    const head = { ...work.head, ...unsettledBy({ conflicts }) };
    this.#putManifest(
      work,
      renderManifest({ ...head, own: [...own.after, ...keptEntries, ...updated.staying] }),
    );
    const keptChanges = [...kept].map(
      ([path, by]): Change => ({ path, action: 'keep', why: stillNeeded(by) }),
    );
    return { changes: [...updated.changes, ...accounts.changes, ...keptChanges], conflicts };
  }

  async #planOwn({ state, target }: Work): Promise<OwnPart> {
    const [planner, record] = await Promise.all([target.planner(), this.#setting.recordOf(state)]);
    const plan = planner(record);
    requireNoSecrets({ ...plan, layer: [] }, target.host, this.#seen);
    await takeContents(
      this.#setting,
      plan.own.flatMap(({ entries }) => entries),
      target.host,
      target.stored,
    );
    const after = describeManifest(plan.own, (entry) => target.stored.contentOf(entry));
    const planned = new Map(plan.own.flatMap(({ entries }) => entries.map((entry) => [entry.path, entry])));
    return { after, planned };
  }

  #findKept(
    changes: readonly EntryChange[],
    before: ReadonlyMap<string, ManifestEntry>,
    tree: HeldTree,
  ): ReadonlyMap<string, string> {
    if (!removesLibraries(changes)) return new Map();
    const added = listAddedPrograms(tree.fd, new Set(before.keys()), neededOf);
    return decideKeptLibraries(changes, before, added);
  }

  #apply(
    { state, target, tree, looksFirst }: Work,
    changes: readonly EntryChange[],
    planned: ReadonlyMap<string, Entry>,
    swaps: Swaps = new Map(),
  ): Promise<UpdatedTree> {
    const { trees, dryRun, between } = this.#setting;
    if (!dryRun && changes.length > 0) this.#unfinished.note(this.#setting.targets);
    return updateTree({
      tree,
      changes,
      bench: {
        stageFd: trees.state.part('stage'),
        filling: {
          store: trees.store,
          link: state.link,
          keyOf: (entry) => this.#laid.keyOf(entry) ?? target.stored.keyOf(entry),
        },
      },
      entryOf: (laid) => planned.get(laid.path) ?? this.#laid.entryOf(laid),
      dryRun,
      looksFirst: dryRun || looksFirst,
      swaps: dryRun ? new Map() : swaps,
      between,
    });
  }

  #swapsOf(changes: readonly EntryChange[]): Swaps {
    const known = this.#swaps.get(changes) ?? planSwaps(changes, this.#laid);
    this.#swaps.set(changes, known);
    return known;
  }

  #layer(id: string): Layer | undefined {
    if (!this.#layers.has(id)) this.#layers.set(id, readLayer(this.#setting.trees.state, id));
    return this.#layers.get(id);
  }

  /** What a rollback goes back to, which is the system's files alone: written down before any of them changes. */
  #keepPrevious({ state, head }: Work, changes: readonly EntryChange[]): void {
    if (this.#setting.dryRun || state.head?.layer === head.layer) return;
    if (changes.some(({ path }) => decideKeeping(path) === 'system'))
      keepPrevious(this.#setting.trees.state, state.domain);
  }

  #putManifest({ state }: Work, text: string | Buffer): void {
    if (this.#setting.dryRun) return;
    putStateFile(this.#setting.trees.state.part('manifests'), `${state.domain}.json`, text);
  }
}

function neededOf(read: ReadAt): readonly string[] {
  const facts = parseElf(read);
  return facts.kind === 'elf' ? facts.needed : [];
}

/** By path; what is the domain's own wins. */
function merge(
  layer: readonly ManifestEntry[],
  own: readonly ManifestEntry[],
): ReadonlyMap<string, ManifestEntry> {
  return new Map([...layer, ...own].map((entry) => [entry.path, entry]));
}

/** The other name of a socket may be that of one that is gone, and nothing written down would tell. */
function hardlinksOf(entries: ReadonlyMap<string, ManifestEntry>): readonly EntryChange[] {
  return [...entries.values()]
    .filter(({ type }) => type === 'hardlink')
    .map((entry) => ({ path: entry.path, before: entry, after: entry }));
}

/** What stood in the way is looked at again by the next update, though nothing else changes. */
function unsettledBy({ conflicts }: Pick<Updated, 'conflicts'>): Pick<ManifestHead, 'unsettled'> {
  return conflicts.length > 0 ? { unsettled: true } : {};
}

function keptEntry(entry: ManifestEntry | undefined, by: string): readonly ManifestEntry[] {
  return entry === undefined ? [] : [{ ...entry, why: stillNeeded(by) }];
}

function stillNeeded(by: string): string {
  return `still needed by ${by}, which the domain has of its own`;
}
