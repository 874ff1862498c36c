import { fstatSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
import type { DomainRecord } from '../domain/record.ts';
import { sweepStage } from '../engine/sweep-leftovers.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { listStaleProcesses, nameInode, type ReplacedFiles } from '../host/list-stale-processes.ts';
import { listDomains } from '../host/read-records.ts';
import { syncFileSystem } from '../linux/files.ts';
import { changeTrees, type OpenTrees } from './change-trees.ts';
import { counted } from './count-words.ts';
import { findTargetLayer } from './find-target-layer.ts';
import { putFreshTrees } from './fresh-trees.ts';
import { type HostTexts, readHostTexts } from './inspect-host.ts';
import { pace } from './pace.ts';
import { readTreeState, type TreeState } from './read-tree-states.ts';
import { runTasks, type Step } from './run-tasks.ts';
import type { TargetLayer } from './target-layer.ts';
import { TreeUpdater } from './tree-updater.ts';
import type { StaleProcess, UpdatedDomain, UpdateRequest, UpdateResult } from './update-request.ts';

/**
 * Brings trees up to date with the host as it is now, the profiles, the templates and their records. System files are
 * replaced one by one, each in one step; what the domain changed of its configuration stays, with the new file beside
 * it; what it added is not looked at. Stopped at any moment, the next update completes it.
 * Throws NEEDS_ROOT, NO_SPACE, READ_ONLY, the signal's reason; DOMAIN_MISSING and what planning throws where only one
 * domain is asked for. Of several, what is wrong with one tree, or with the profiles of some, is a conflict of these, and
 * the others go on.
 */
export async function updateDomains(request: UpdateRequest): Promise<UpdateResult> {
  const { root, signal, onWait } = request;
  return changeTrees({ root, what: 'update a tree', signal, onWait }, async (trees) => {
    const run = new UpdateRun(request, trees);
    await runTasks(run.steps(), request.progress);
    return run.result();
  });
}

class UpdateRun {
  readonly #request: UpdateRequest;
  readonly #trees: OpenTrees;
  readonly #texts: HostTexts;
  readonly #between: () => Promise<void> | undefined;
  readonly #states: TreeState[] = [];
  readonly #held: DomainName[] = [];
  readonly #targets = new Map<string, TargetLayer>();
  /** Domains that could not be looked at, and stay as they are. */
  readonly #failed = new Set<DomainName>();
  readonly #updated: UpdatedDomain[] = [];
  readonly #replaced: ReplacedFiles[] = [];
  readonly #domainOf = new Map<string, DomainName>();
  #stale: readonly StaleProcess[] = [];

  constructor(request: UpdateRequest, trees: OpenTrees) {
    this.#request = request;
    this.#trees = trees;
    this.#texts = readHostTexts({ ...request.settings, root: trees.root.path });
    this.#between = pace(request.signal);
  }

  steps(): Step[] {
    return [
      { title: 'Read what there is', run: (note) => this.#read(note) },
      { title: 'Plan from the host as it is now', run: (note) => this.#plan(note) },
      { title: this.#request.dryRun ? 'Compare' : 'Update', run: (note) => this.#update(note) },
      {
        title: 'Look for programs that use old files',
        skip: () => (this.#replaced.length === 0 ? 'no file was replaced' : undefined),
        run: (note) => this.#findStale(note),
      },
    ];
  }

  #read(note: (text: string) => void): void {
    const { domains } = this.#request;
    const isAll = domains === 'all';
    for (const domain of isAll ? listDomains(this.#trees.root.path).domains : domains) {
      try {
        const state = readTreeState(this.#trees, domain);
        if (state === undefined && !isAll) throw notOurs(domain);
        if (state?.head?.held && isAll) this.#held.push(domain);
        else if (state !== undefined) this.#states.push(state);
      } catch (error) {
        this.#noteFailure(domain, error);
      }
    }
    note(counted(this.#states.length, 'tree'));
  }

  async #plan(note: (text: string) => void): Promise<void> {
    const groups = Map.groupBy(this.#states, ({ profiles }) => nameGroup(profiles));
    for (const [group, states] of groups) {
      try {
        this.#targets.set(group, await this.#findTarget(states));
      } catch (error) {
        for (const { domain } of states) this.#noteFailure(domain, error);
      }
    }
    if (!this.#request.dryRun) this.#syncStore();
    note([...this.#targets.values()].map(({ layer }) => layer.profiles.join('+')).join(', '));
  }

  #findTarget(states: readonly TreeState[]): Promise<TargetLayer> {
    const { settings, dryRun, repair } = this.#request;
    return findTargetLayer({
      settings: { ...settings, root: this.#trees.root.path },
      texts: this.#texts,
      profiles: states[0]?.profiles ?? [],
      names: () => this.#names(),
      records: states.map((state) => () => this.#recordOf(state)),
      trees: this.#trees,
      dryRun,
      looksIntoStore: repair || states.some(({ head }) => head?.unsettled),
      between: this.#between,
    });
  }

  async #update(note: (text: string) => void): Promise<void> {
    const updater = new TreeUpdater({
      trees: this.#trees,
      targets: this.#targetIds(),
      logSocket: this.#texts.logSocket,
      dryRun: this.#request.dryRun,
      repair: this.#request.repair,
      between: this.#between,
      recordOf: (state) => this.#recordOf(state),
      signal: this.#request.signal,
    });
    for (const [index, state] of this.#states.entries()) {
      const target = this.#targets.get(nameGroup(state.profiles));
      if (target === undefined) continue;
      try {
        using held = updater.open(state.domain);
        const updated = await updater.update(state, target, held);
        if (updated.changes.length > 0 || updated.conflicts.length > 0) {
          this.#updated.push({ domain: state.domain, ...updated });
          note(`${index + 1} of ${this.#states.length}`);
        }
        this.#noteReplaced(state.domain, held.fd, updated);
      } catch (error) {
        this.#noteFailure(state.domain, error);
      }
    }
    if (!this.#request.dryRun) {
      sweepStage(this.#trees.state);
      const domains = this.#states.map(({ domain }) => domain);
      updater.settle(domains.filter((domain) => !this.#failed.has(domain)));
      if (this.#request.domains === 'all' && this.#failed.size === 0) this.#putFresh();
    }
    const changed = this.#updated.filter(({ changes }) => changes.length > 0).length;
    note(
      `${counted(changed, 'tree')} of ${this.#states.length} ${this.#request.dryRun ? 'would change' : 'changed'}`,
    );
  }

  #targetIds(): ReadonlyMap<string, string> {
    return new Map(
      this.#states.flatMap(({ domain, profiles }) => {
        const target = this.#targets.get(nameGroup(profiles));
        return target === undefined ? [] : [[domain, target.id]];
      }),
    );
  }

  #noteReplaced(domain: DomainName, fd: number, { changes }: Pick<UpdatedDomain, 'changes'>): void {
    const files = changes.filter(({ action }) => action === 'replace' || action === 'remove');
    if (files.length === 0 || this.#request.dryRun) return;
    const tree = nameInode(fstatSync(fd, { bigint: true }));
    const path = `${this.#trees.root.path}/${domain}`;
    this.#domainOf.set(tree, domain);
    this.#replaced.push({ tree, path, files: () => new Set(files.map((each) => each.path)) });
  }

  #findStale(note: (text: string) => void): void {
    this.#stale = listStaleProcesses(this.#replaced).flatMap(({ tree, pid, command, files }) => {
      const domain = this.#domainOf.get(tree);
      return domain === undefined ? [] : [{ domain, pid, command, files }];
    });
    note(this.#stale.length === 0 ? 'none' : String(this.#stale.length));
  }

  /** What a later call may go by to see that nothing changed. */
  #putFresh(): void {
    const answers = [...this.#targets.values()].map((target) => target.answers);
    if (answers.includes(undefined)) return;
    putFreshTrees(
      this.#trees,
      this.#texts,
      answers.flatMap((each) => each ?? []),
    );
  }

  /** What trees get a name of must be on the disk first: a power cut would leave them empty files. */
  #syncStore(): void {
    const isNew = ({ profiles, head }: TreeState) =>
      (this.#targets.get(nameGroup(profiles))?.id ?? head?.layer) !== head?.layer;
    if (!this.#states.some(isNew)) return;
    try {
      syncFileSystem(this.#trees.state.fd);
    } catch (error) {
      throw explainErrno(error, 'cannot write the store to the disk');
    }
  }

  /** What is wrong with one tree must not keep the others from being updated. */
  #noteFailure(domain: DomainName, error: unknown): void {
    const { domains } = this.#request;
    const isOfTree = error instanceof VirtfsError && !ofAll.includes(error.code);
    if (!isOfTree || (domains !== 'all' && domains.length === 1)) throw error;
    this.#failed.add(domain);
    this.#updated.push({ domain, changes: [], conflicts: [`${error.what}: ${error.why}; ${error.mend}`] });
  }

  async #recordOf({ domain, recordText }: TreeState): Promise<DomainRecord> {
    const { parseRecord } = await import('../domain/parse-record.ts');
    return parseRecord(recordText, `${this.#trees.root.path}/.virtfs/domains/${domain}.json`);
  }

  #names(): readonly string[] {
    const roots = [...new Set([this.#trees.root.path, ...this.#request.settings.roots])];
    return roots
      .map(listDomains)
      .flatMap(({ domains, aliases }) => [...domains, ...aliases.map(({ name }) => name)]);
  }

  result(): UpdateResult {
    const layers = [...this.#targets.values()].map(({ layer }) => layer);
    return {
      root: this.#trees.root.path,
      dryRun: this.#request.dryRun,
      domains: this.#updated,
      held: this.#held,
      staleProcesses: this.#stale,
      notices: [...new Set(layers.flatMap(({ notices }) => notices))],
    };
  }
}

/** What no tree has to itself. */
const ofAll = ['NO_SPACE', 'READ_ONLY'];

function nameGroup(profiles: readonly string[]): string {
  return profiles.join('\n');
}

function notOurs(domain: DomainName): VirtfsError {
  return new VirtfsError('DOMAIN_MISSING', {
    what: `cannot update ${domain}`,
    why: 'virtfs did not make its tree, and nothing is written down about it',
    mend: 'see which domains virtfs made: virtfs list',
  });
}
