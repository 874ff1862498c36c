import { fstatSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
import { HeldTree } from '../engine/held-tree.ts';
import { openTree } from '../engine/open-tree.ts';
import { putStateFile } from '../engine/put-state-file.ts';
import { readTreeFile } from '../engine/read-tree-file.ts';
import { sweepStage } from '../engine/sweep-leftovers.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { listStaleProcesses, nameInode } from '../host/list-stale-processes.ts';
import { unlinkAt } from '../linux/files.ts';
import { compareEntries, type EntryChange } from '../manifest/compare-entries.ts';
import { storeKeyOf } from '../manifest/entry-of.ts';
import { parseManifestHead, renderManifest } from '../manifest/manifest-text.ts';
import { mergeEntries, parseManifest } from '../manifest/parse-manifest.ts';
import { decideKeeping } from '../plan/decide-keeping.ts';
import { widenChanges } from '../plan/widen-changes.ts';
import { changeTrees, type OpenTrees } from './change-trees.ts';
import { LaidEntries } from './laid-entries.ts';
import { pace } from './pace.ts';
import { readLayer } from './read-layer.ts';
import { readTreeState, type TreeState } from './read-tree-states.ts';
import { runTasks } from './run-tasks.ts';
import { entriesOfLayers, UnfinishedUpdate } from './unfinished-update.ts';
import type { UpdateRequest, UpdateResult } from './update-request.ts';
import { type UpdatedTree, updateTree } from './update-tree.ts';

export interface RollbackRequest
  extends Pick<UpdateRequest, 'root' | 'dryRun' | 'progress' | 'signal' | 'onWait'> {
  readonly domain: DomainName;
}

/**
 * Puts the system files of a tree back as they were before the last update that changed them, and holds the domain, so
 * that an update of all passes it by. Stopped at any moment, doing it again completes it.
 * Throws NOTHING_TO_ROLL_BACK when no such update is known or its files are gone, DOMAIN_MISSING, what changing trees throws.
 */
export function rollbackDomain(request: RollbackRequest): Promise<UpdateResult> {
  const { root, signal, onWait } = request;
  return changeTrees({ root, what: 'change a tree', signal, onWait }, async (trees) => {
    let result: UpdateResult | undefined;
    const title = request.dryRun ? 'Compare' : 'Put the earlier files back';
    await runTasks(
      [
        {
          title,
          run: async () => {
            result = await rollBack(request, trees);
          },
        },
      ],
      request.progress,
    );
    if (result === undefined) throw new Error('the only step did not run');
    return result;
  });
}

async function rollBack(request: RollbackRequest, trees: OpenTrees): Promise<UpdateResult> {
  const { domain, dryRun } = request;
  const state = readTreeState(trees, domain);
  if (state === undefined) throw nothing(domain, 'virtfs did not make its tree');
  const { changes, earlierId, unfinished } = listChanges(trees, state);
  requireStored(trees, domain, changes);
  using tree = new HeldTree(openTree(trees.root, domain), { mounts: 'refused' });
  if (!dryRun) unfinished.note(new Map([[domain, earlierId]]));
  const updated = await apply(request, trees, { state, tree, changes });
  const isDone = updated.conflicts.length === 0;
  if (!dryRun) putState(trees, state, isDone ? earlierId : undefined);
  if (!dryRun && isDone) {
    unfinished.settle([domain]);
    // Last: as long as it is there, a rollback that was stopped can be done again.
    unlinkAt(trees.state.part('previous'), `${domain}.json`);
  }
  return {
    root: trees.root.path,
    dryRun,
    domains: [{ domain, changes: updated.changes, conflicts: updated.conflicts }],
    held: dryRun ? [] : [domain],
    staleProcesses: dryRun ? [] : listStale(trees, domain, tree, updated),
    notices: [],
  };
}

/** What differs between the layer the tree is on and the one before, in files of the host's. */
function listChanges(trees: OpenTrees, { domain, manifest: bytes }: TreeState) {
  const text = readTreeFile(trees.state.part('previous'), `${domain}.json`, 64 << 20);
  const earlierId = text === undefined ? undefined : parseManifestHead(text)?.layer;
  if (earlierId === undefined)
    throw nothing(domain, 'no update has changed it since it was made or rolled back');
  const manifest = parseManifest(bytes.toString(), `${trees.root.path}/.virtfs/manifests/${domain}.json`);
  const { layer, unsettled, held } = manifest;
  const now = readLayer(trees.state, layer);
  const earlier = readLayer(trees.state, earlierId);
  if (now === undefined || earlier === undefined)
    throw nothing(domain, 'what was written down of its files is gone');
  const unfinished = new UnfinishedUpdate(trees.state);
  const stopped = unfinished.layersBut(domain, earlierId);
  // Held: a rollback that was stopped when only this note of it was left.
  if (layer === earlierId && stopped.length === 0 && !held)
    throw nothing(domain, 'the last update was stopped before it changed anything');
  // What is the domain's own stays as it is.
  const after = mergeEntries(manifest, earlier);
  const compared = compareEntries([...mergeEntries(manifest, now).values()], [...after.values()]);
  const changes =
    stopped.length > 0 || unsettled
      ? widenChanges(compared, after, entriesOfLayers(trees.state, stopped))
      : compared;
  return {
    changes: changes.filter(({ path }) => decideKeeping(path) === 'system'),
    earlierId,
    unfinished,
  };
}

/** Before anything changes: half a way back would be no tree at all. */
function requireStored(trees: OpenTrees, domain: DomainName, changes: readonly EntryChange[]): void {
  for (const { after } of changes) {
    if (after?.type !== 'file' || trees.store.has(storeKeyOf(after), after.size ?? 0)) continue;
    throw nothing(domain, `the store no longer has ${after.path} as it was`);
  }
}

function apply(
  { dryRun, signal }: RollbackRequest,
  trees: OpenTrees,
  {
    state,
    tree,
    changes,
  }: { readonly state: TreeState; readonly tree: HeldTree; readonly changes: readonly EntryChange[] },
): Promise<UpdatedTree> {
  const laid = new LaidEntries();
  return updateTree({
    tree,
    changes,
    bench: {
      stageFd: trees.state.part('stage'),
      filling: {
        store: trees.store,
        link: state.link,
        keyOf: (entry) => laid.keyOf(entry) ?? { sha256: '', mode: 0 },
      },
    },
    entryOf: (entry) => laid.entryOf(entry),
    dryRun,
    looksFirst: true,
    between: pace(signal),
  });
}

/** Where something stood in the way, doing it again is to complete it: then the tree counts as what it was. */
function putState(
  { state, root }: OpenTrees,
  { domain, manifest: bytes }: TreeState,
  earlierId: string | undefined,
): void {
  const file = `${root.path}/.virtfs/manifests/${domain}.json`;
  const { unsettled: _, ...before } = parseManifest(bytes.toString(), file);
  const updated = new Date().toISOString();
  const now = earlierId === undefined ? ({ unsettled: true } as const) : { layer: earlierId };
  putStateFile(
    state.part('manifests'),
    `${domain}.json`,
    renderManifest({ ...before, ...now, updated, held: true }),
  );
  sweepStage(state);
}

function listStale(trees: OpenTrees, domain: DomainName, tree: HeldTree, { changes }: UpdatedTree) {
  const path = `${trees.root.path}/${domain}`;
  const files = new Set(changes.filter(({ action }) => action !== 'add').map((each) => each.path));
  const place = { tree: nameInode(fstatSync(tree.fd, { bigint: true })), path, files: () => files };
  return listStaleProcesses([place]).map(({ pid, command, files }) => ({ domain, pid, command, files }));
}

function nothing(domain: DomainName, why: string): VirtfsError {
  return new VirtfsError('NOTHING_TO_ROLL_BACK', {
    what: `cannot roll ${domain} back`,
    why,
    mend: `see what an update would do: virtfs update ${domain} --dry-run; or put its files right: virtfs update ${domain} --repair`,
  });
}
