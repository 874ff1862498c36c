import { join } from 'node:path';
import { isSameDirectory, parseConf } from '../domain/conf-lines.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { RemovedConfLine } from '../domain/removed.ts';
import { changeConfFiles, confDirectories } from '../engine/conf-files.ts';
import type { TreesRoot } from '../engine/open-root.ts';
import type { StateDir } from '../engine/state-dir.ts';
import { finishRemoval, moveToTrash, prepareTrash, settleRemovals } from '../engine/trash.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { endTreeProcesses } from '../host/end-tree-processes.ts';
import type { TreeMount } from '../host/list-tree-mounts.ts';
import { listTreeProcesses, type TreePlace, type TreeProcess } from '../host/list-tree-processes.ts';
import { listDomains } from '../host/read-records.ts';
import { readTrash } from '../host/read-trash.ts';
import { syncFileSystem } from '../linux/files.ts';
import { changeTrees, type OpenTrees } from './change-trees.ts';
import { counted } from './count-words.ts';
import { describeProcess, findPlace, freeTree, listTreeUsers, requireUnused } from './free-tree.ts';
import { isDue, purgeTrash } from './purge-trash.ts';
import type { PurgedTree, RemovedTree, RemoveRequest, RemoveResult } from './remove-request.ts';
import { runTasks, type Step } from './run-tasks.ts';

/**
 * Removes domains: each tree is moved to the trash in one step, from which on there is no such domain; then the links to
 * it, its lines of conf files, its manifest and record go. With `purge` the trees are deleted then.
 * Throws DOMAIN_MISSING, and TREE_IN_USE, with nothing removed, where programs run in a tree or something is mounted
 * there and `force` is not given; what `changeTrees` throws, TREE_UNSAFE, NO_SPACE, and the signal's reason.
 */
export async function removeDomains(request: RemoveRequest): Promise<RemoveResult> {
  const { root, signal, onWait } = request;
  return changeTrees({ root, what: 'remove a domain', signal, onWait }, async (trees) => {
    const run = new RemoveRun(request, trees, await findLive(request, trees.root.path));
    await runTasks(run.steps(), request.progress);
    return run.result();
  });
}

/** Of the domains that were asked for, those that have a tree; the others must be in the trash, and to be deleted. */
async function findLive({ domains, purge }: RemoveRequest, rootPath: string): Promise<readonly DomainName[]> {
  const known = new Set(listDomains(rootPath).domains);
  const trashed = new Set(purge ? (await readTrash(rootPath)).map(({ domain }) => domain) : []);
  for (const domain of domains) {
    if (known.has(domain) || trashed.has(domain)) continue;
    throw new VirtfsError('DOMAIN_MISSING', {
      what: `cannot remove ${domain}`,
      why: `it has no tree in ${rootPath}${purge ? ', and none in the trash' : ''}`,
      mend: 'see what there is: virtfs list; virtfs list --removed',
    });
  }
  return [...new Set(domains)].filter((domain) => known.has(domain));
}

/** One domain on its way out. */
interface Work {
  readonly domain: DomainName;
  readonly place: TreePlace;
  readonly aliases: readonly DomainName[];
  ended: readonly TreeProcess[];
  detached: readonly TreeMount[];
  conf: readonly RemovedConfLine[];
  folder: string | undefined;
}

class RemoveRun {
  readonly #request: RemoveRequest;
  readonly #root: TreesRoot;
  readonly #state: StateDir;
  readonly #works: readonly Work[];
  readonly #notices: string[] = [];
  #purged: readonly PurgedTree[] = [];

  constructor(request: RemoveRequest, { root, state }: OpenTrees, live: readonly DomainName[]) {
    this.#request = request;
    this.#root = root;
    this.#state = state;
    const { aliases } = listDomains(root.path);
    this.#works = live.map((domain) => ({
      domain,
      place: findPlace(root.path, domain),
      aliases: aliases.filter((alias) => alias.domain === domain).map(({ name }) => name),
      ended: [],
      detached: [],
      conf: [],
      folder: undefined,
    }));
  }

  steps(): Step[] {
    const { force, purge } = this.#request;
    const any = () => (this.#works.length === 0 ? 'the trees are in the trash' : undefined);
    return [
      {
        title: force ? 'End programs and detach mounts' : 'Look who is inside',
        run: () => this.#free(),
        skip: any,
      },
      { title: 'Move to the trash', run: (note) => this.#move(note), skip: any },
      { title: purge ? 'Delete for good' : 'Delete what is due', run: (note) => this.#purge(note) },
    ];
  }

  async #free(): Promise<void> {
    const { force, signal } = this.#request;
    if (!force) {
      for (const { domain, place } of this.#works) requireUnused(domain, listTreeUsers(place));
      return;
    }
    for (const work of this.#works)
      Object.assign(work, await freeTree(this.#root, work.domain, { what: `remove ${work.domain}`, signal }));
  }

  async #move(note: (text: string) => void): Promise<void> {
    const removed = new Date().toISOString();
    try {
      for (const work of this.#works) {
        const { domain, aliases } = work;
        const directories = this.#directoriesOf([domain, ...aliases]);
        work.conf = this.#findConfLines(directories);
        const { conf } = work;
        work.folder = prepareTrash(this.#state, { version: 1, domain, removed, aliases, conf, directories });
      }
      // What the trash says must be on the disk before the tree is in it.
      syncFileSystem(this.#state.fd);
      for (const { domain, folder = '' } of this.#works) {
        moveToTrash(this.#state, folder, domain);
        this.#notices.push(...finishRemoval(this.#state, folder));
      }
    } catch (error) {
      // What did not get its tree goes again.
      settleRemovals(this.#state);
      throw isErrno(error, 'EBUSY')
        ? becameMount(error)
        : explainErrno(error, 'cannot move a tree to the trash');
    }
    note(counted(this.#works.length, 'tree'));
    for (const work of this.#works) await this.#lookAgain(work);
  }

  /** A program may have come in between the look and the move; from now on none can. */
  async #lookAgain(work: Work): Promise<void> {
    const { force, signal } = this.#request;
    const place = { ...work.place, path: this.#trashPath(work) };
    if (force) work.ended = [...work.ended, ...(await endTreeProcesses(place, signal)).ended];
    for (const found of listTreeProcesses(place)) {
      this.#notices.push(
        `${describeProcess(found)}, the removed tree of ${work.domain}: end it or start it anew`,
      );
    }
  }

  #directoriesOf(names: readonly DomainName[]): readonly string[] {
    const { root, settings } = this.#request;
    return confDirectories([this.#root.path, root, ...settings.roots], names);
  }

  #findConfLines(directories: readonly string[]): readonly RemovedConfLine[] {
    const found: RemovedConfLine[] = [];
    const { problems } = changeConfFiles(this.#state, (text, file) => {
      const lines = parseConf(text).lines.filter(({ directory }) =>
        directories.some((each) => isSameDirectory(each, directory)),
      );
      found.push(...lines.map(({ address, directory }) => ({ file, address, directory })));
      return text;
    });
    this.#notices.push(...problems);
    return found;
  }

  async #purge(note: (text: string) => void): Promise<void> {
    const { domains, purge, signal, settings } = this.#request;
    const due = (await readTrash(this.#root.path)).filter(
      (each) => (purge && domains.includes(each.domain)) || isDue(each, settings.trashDays),
    );
    this.#purged = await purgeTrash(due, { state: this.#state, signal, note });
  }

  result(): RemoveResult {
    return {
      root: this.#root.path,
      domains: this.#works.map(
        (work): RemovedTree => ({
          domain: work.domain,
          trash: this.#request.purge ? undefined : this.#trashPath(work),
          aliases: work.aliases,
          confFiles: [...new Set(work.conf.map(({ file }) => file))],
          ended: work.ended,
          detached: work.detached.map(({ path, type, source }) => ({ path, type, source })),
        }),
      ),
      purged: this.#purged,
      notices: [...new Set(this.#notices)],
    };
  }

  #trashPath({ folder = '' }: Work): string {
    return join(this.#root.path, '.virtfs/trash', folder, 'tree');
  }
}

function becameMount(cause: unknown): VirtfsError {
  return new VirtfsError('TREE_IN_USE', {
    what: 'cannot move a tree to the trash',
    why: 'something was mounted on it just now',
    mend: 'look with findmnt, unmount it, then run the same command again',
    cause,
  });
}
