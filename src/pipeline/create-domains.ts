import type { DomainName } from '../domain/domain-name.ts';
import type { DomainRecord, LinkMethod } from '../domain/record.ts';
import { chooseLinkMethod } from '../engine/choose-link-method.ts';
import type { HeldTree } from '../engine/held-tree.ts';
import { checkNewTree, publishTree, stageTree } from '../engine/lay-tree.ts';
import type { Filling } from '../engine/make-entry.ts';
import type { TreesRoot } from '../engine/open-root.ts';
import { putEntry } from '../engine/put-entry.ts';
import { putHostKeys } from '../engine/put-host-keys.ts';
import { putStateFile } from '../engine/put-state-file.ts';
import type { StateDir } from '../engine/state-dir.ts';
import type { Store } from '../engine/store.ts';
import { sweepLeftovers } from '../engine/sweep-leftovers.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { nameHostCache, renderHostCache } from '../host/host-cache.ts';
import { symlinkAt, syncFileSystem } from '../linux/files.ts';
import { describeManifest } from '../manifest/describe-manifest.ts';
import type { Entry } from '../manifest/entry.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { renderManifest } from '../manifest/manifest-text.ts';
import { type Plan, type SectionName, sectionTitles } from '../manifest/plan.ts';
import { entriesOf } from '../plan/assemble-plan.ts';
import { type LayerPlan, planTreeLayer, planTreesOn } from '../plan/plan-tree.ts';
import { changeTrees } from './change-trees.ts';
import { requireNoSecrets } from './check-secrets.ts';
import { type Chosen, chooseRecords } from './choose-records.ts';
import { counted, megabytes } from './count-words.ts';
import type { CreatedDomain, CreateRequest, CreateResult } from './create-request.ts';
import { fillStore, StoredFiles } from './fill-store.ts';
import { type Inspection, inspectHost } from './inspect-host.ts';
import { measurePlan } from './measure-plan.ts';
import { nameLayerFacts, nameOwnFacts } from './name-own-facts.ts';
import { noticeOpenRoot } from './notice-open-root.ts';
import { pace } from './pace.ts';
import { type Asked, putLayer } from './put-layer.ts';
import { domainExists, requireNoSuchName } from './read-taken.ts';
import { runTasks, type Step } from './run-tasks.ts';

/** One domain on its way from a name to a tree. */
interface Work {
  readonly domain: DomainName;
  readonly record: DomainRecord;
  readonly plan: Plan;
  readonly tree: HeldTree;
  readonly stageName: string;
  isPublished: boolean;
}

/**
 * Makes the trees of new domains: all are made in the stage, then each gets its name in one step, so that at every
 * instant a domain is absent or whole. After an error or an interruption nothing is left of those not yet published.
 * Throws NEEDS_ROOT, ROOT_UNSAFE, DOMAIN_EXISTS, ADDRESS_TAKEN, what planning throws, NO_SPACE, and the signal's reason.
 */
export async function createDomains(request: CreateRequest): Promise<CreateResult> {
  const { settings, signal, onWait } = request;
  const place = { root: settings.root, make: true, what: 'make a tree', signal, onWait };
  return changeTrees(place, async ({ root, state, store }) => {
    const chosen = await chooseRecords(request, root.path);
    requireNoSuchName(root.fd, [...request.domains, ...request.aliases]);
    const run = new CreateRun(request, chosen, root, state, store);
    try {
      await runTasks(run.steps(), request.progress);
      return run.result();
    } catch (error) {
      run.clear();
      throw error;
    }
  });
}

class CreateRun {
  readonly #request: CreateRequest;
  readonly #chosen: Chosen;
  readonly #root: TreesRoot;
  readonly #state: StateDir;
  readonly #store: Store;
  readonly #stored = new StoredFiles();
  readonly #between: () => Promise<void> | undefined;
  readonly #link: LinkMethod;
  #inspection: Inspection | undefined;
  #layer: LayerPlan | undefined;
  #layerId: string | undefined;
  #ownFacts: string | undefined;
  #asked: Asked = { answers: [], facts: [] };
  readonly #works: Work[] = [];

  constructor(request: CreateRequest, chosen: Chosen, root: TreesRoot, state: StateDir, store: Store) {
    this.#request = request;
    this.#chosen = chosen;
    this.#root = root;
    this.#state = state;
    this.#store = store;
    this.#between = pace(request.signal);
    this.#link = chooseLinkMethod(request.link, state.part('stage'));
  }

  steps(): Step[] {
    return [
      { title: 'Inspect the host', run: (note) => this.#inspect(note) },
      { title: 'Plan', run: (note) => this.#plan(note) },
      { title: 'Fill the store', run: (note) => this.#fill(note) },
      ...(Object.keys(sectionTitles) as SectionName[]).map(
        (name): Step => ({ title: sectionTitles[name], run: (note) => this.#putSection(name, note) }),
      ),
      { title: 'Check', run: (note) => this.#check(note) },
      ...this.#finishSteps(),
      { title: 'Publish', run: (note) => this.#publish(note) },
    ];
  }

  async #inspect(note: (text: string) => void): Promise<void> {
    const { settings, profiles } = this.#request;
    this.#inspection = await inspectHost(settings, profiles, this.#chosen.otherDomains);
    note(`${this.#inspection.profile.name} on this host`);
    await this.#between();
  }

  async #plan(note: (text: string) => void): Promise<void> {
    const inspection = needed(this.#inspection);
    const { known, host } = inspection;
    const layer = known?.plan ?? planTreeLayer(inspection);
    this.#layer = layer;
    this.#ownFacts = known?.own ?? nameLayerFacts(inspection, layer);
    this.#asked = known ?? { answers: host.answers(), facts: host.facts() };
    for (const [path, content] of known?.contents ?? []) this.#stored.put(path, content);
    const planTree = planTreesOn(layer, inspection);
    await this.#between();
    const stage = this.#state.part('stage');
    // What a known layer is made of was looked at when it became known.
    const seen = new Set(known?.contents.map(([path]) => path));
    for (const [index, record] of this.#chosen.records.entries()) {
      const plan = planTree(record);
      // A layer that is known was looked at when it was planned, and the host has not changed since.
      requireNoSecrets(known === undefined ? plan : { ...plan, layer: [] }, host, seen);
      // Not the domain: with a number before it, the longest would be too long for a file name.
      const stageName = String(index);
      const tree = stageTree(stage, stageName);
      this.#works.push({
        domain: record.domain,
        record: { ...record, link: this.#link },
        plan,
        tree,
        stageName,
        isPublished: false,
      });
      await this.#between();
    }
    note(counted(this.#works.flatMap(({ plan }) => allEntries(plan)).length, 'entry', 'entries'));
  }

  async #fill(note: (text: string) => void): Promise<void> {
    const { host } = needed(this.#inspection);
    const places = { store: this.#store, host, stored: this.#stored };
    const [first, ...others] = this.#works;
    if (first === undefined) return;
    const tally = await fillStore(allEntries(first.plan), places, this.#between);
    for (const { plan } of others) await fillStore(allEntries({ ...plan, layer: [] }), places, this.#between);
    // With a known layer little of the host was asked, and what is known of the rest stays.
    if (host.isChanged && this.#inspection?.known === undefined) {
      const name = nameHostCache(this.#request.profiles);
      putStateFile(this.#state.part('cache'), name, renderHostCache(host.usedCache()));
    }
    note(
      `${counted(tally.files, 'file')}, ${tally.added} new (${megabytes(tally.bytes)}), shared by ${this.#link}`,
    );
  }

  async #putSection(name: SectionName, note: (text: string) => void): Promise<void> {
    const filling: Filling = {
      store: this.#store,
      link: this.#link,
      keyOf: (entry) => this.#stored.keyOf(entry),
    };
    let made = 0;
    for (const { plan, tree } of this.#works) {
      for (const entry of entriesOf(plan, name)) {
        putEntry(entry, tree, filling);
        made++;
        const pause = this.#between();
        if (pause !== undefined) await pause;
      }
      tree.rest();
    }
    note(String(made));
  }

  async #check(note: (text: string) => void): Promise<void> {
    for (const { domain, plan, tree } of this.#works) {
      checkNewTree(tree, allEntries(plan));
      // After the check, for no plan knows them.
      putHostKeys(tree, needed(this.#inspection).profile.hostKeys, domain);
      tree.rest();
      await this.#between();
    }
    note(`${counted(this.#works.length, 'tree')} as planned, no secret of the host inside`);
  }

  #finishSteps(): Step[] {
    const { finish } = this.#request;
    if (finish === undefined) return [];
    const run: Step['run'] = async (note) => {
      for (const work of this.#works) await finish.run({ ...work, root: this.#root }, note);
    };
    return [{ title: finish.title, run }];
  }

  async #publish(note: (text: string) => void): Promise<void> {
    this.#layerId = putLayer({
      state: this.#state,
      profiles: this.#request.profiles,
      inspection: needed(this.#inspection),
      plan: needed(this.#layer),
      sections: needed(this.#works[0]).plan.layer,
      stored: this.#stored,
      asked: this.#asked,
    });
    for (const work of this.#works) this.#putState(work);
    this.#sync();
    await this.#between();
    // From here on without a pause: an interruption finds either none of the domains or all.
    for (const work of this.#works) {
      const { domain, stageName, tree } = work;
      tree[Symbol.dispose]();
      try {
        publishTree(this.#state.part('stage'), stageName, this.#root.fd, domain);
        work.isPublished = true;
      } catch (error) {
        throw isErrno(error, 'EEXIST') ? domainExists(domain) : error;
      }
    }
    note(
      this.#works.length === 1
        ? `${this.#root.path}/${this.#works[0]?.domain}`
        : counted(this.#works.length, 'domain'),
    );
  }

  #sync(): void {
    try {
      syncFileSystem(this.#state.fd);
    } catch (error) {
      throw explainErrno(error, 'cannot write the new trees to the disk');
    }
  }

  /** All that is known of a domain is there before its tree is, which makes it exist; see sweepLeftovers. */
  #putState({ domain, record, plan }: Work): void {
    const own = describeManifest(plan.own, (entry) => this.#stored.contentOf(entry));
    const recordText = `${JSON.stringify(record, undefined, 2)}\n`;
    const facts = nameOwnFacts(needed(this.#ownFacts), needed(this.#inspection).logSocket, recordText);
    const manifest: Manifest = { version: 1, domain, layer: needed(this.#layerId), facts, own };
    putStateFile(this.#state.part('domains'), `${domain}.json`, recordText);
    putStateFile(this.#state.part('manifests'), `${domain}.json`, renderManifest(manifest));
    for (const alias of record.aliases) this.#putAlias(alias, domain);
  }

  #putAlias(alias: DomainName, domain: DomainName): void {
    try {
      symlinkAt(domain, this.#root.fd, alias);
    } catch (error) {
      if (isErrno(error, 'EEXIST')) throw domainExists(alias);
      throw explainErrno(error, `cannot link the alias ${alias}`);
    }
  }

  result(): CreateResult {
    const domains = this.#works.map(({ domain, record, plan }): CreatedDomain => {
      const sizes = measurePlan(plan, this.#link, (entry) => this.#stored.contentOf(entry).size);
      return { domain, path: `${this.#root.path}/${domain}`, record, ...sizes };
    });
    const notices = [
      ...new Set([...this.#works.flatMap(({ plan }) => plan.notices), ...noticeOpenRoot(this.#root)]),
    ];
    return { root: this.#root.path, link: this.#link, domains, notices };
  }

  /** Removes what did not get its place. What cannot be removed now, the next command clears, or says why it cannot. */
  clear(): void {
    for (const { tree } of this.#works) tree[Symbol.dispose]();
    const unpublished = this.#works.filter(({ isPublished }) => !isPublished).map(({ domain }) => domain);
    try {
      sweepLeftovers(this.#state, unpublished);
    } catch (error) {
      // The error that led here is what the administrator must know first.
      if (!(error instanceof VirtfsError)) throw error;
    }
  }
}

function allEntries(plan: Plan): Entry[] {
  return [...plan.layer, ...plan.own].flatMap(({ entries }) => entries);
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a step ran before the one it needs');
  return value;
}
