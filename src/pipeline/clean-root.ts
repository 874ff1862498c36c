import { readdirSync } from 'node:fs';
import type { Settings } from '../domain/settings.ts';
import { type CleanTally, cleanStore, countFile } from '../engine/clean-store.ts';
import { heldPath } from '../engine/held-path.ts';
import { hasName } from '../engine/lay-tree.ts';
import { openTreesRoot } from '../engine/open-root.ts';
import { StateDir } from '../engine/state-dir.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { readTrash } from '../host/read-trash.ts';
import { unlinkAt } from '../linux/files.ts';
import { changeTrees, requireRoot } from './change-trees.ts';
import { counted, megabytes } from './count-words.ts';
import { listNeeded } from './list-needed.ts';
import { pace } from './pace.ts';
import { isDue, purgeTrash } from './purge-trash.ts';
import type { PurgedTree } from './remove-request.ts';
import { type Progress, runTasks, type Step } from './run-tasks.ts';

/** What `virtfs clean` is asked for. */
export interface CleanRequest {
  readonly settings: Settings;
  /** The root to clean, absolute. */
  readonly root: string;
  /** Only say what would go. */
  readonly dryRun: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Told once while another virtfs holds the lock of this root. */
  readonly onWait: () => void;
}

/** A tree of the trash whose days are over; how much it held is known when it was deleted. */
export type CleanedTree = Pick<PurgedTree, 'domain' | 'removed'> & Partial<PurgedTree>;

export interface CleanResult {
  readonly root: string;
  readonly dryRun: boolean;
  readonly trees: readonly CleanedTree[];
  /** Layers no domain is made of, with what is kept beside them. */
  readonly layers: Readonly<CleanTally>;
  /** Objects of the store that no domain needs. */
  readonly objects: Readonly<CleanTally>;
  /** What the disk gets back of all that. */
  readonly bytes: number;
}

/**
 * Deletes what nobody needs any more: trees in the trash whose days are over, then layers and objects of the store that
 * no domain, no domain's previous state and nothing in the trash is made of; and, as every command does, what a killed
 * virtfs left. Throws what `changeTrees` throws, BAD_RECORD where a manifest or layer cannot be read, for then nobody
 * knows what is needed, and TREE_UNSAFE for something that is mounted in the trash.
 */
export async function cleanRoot(request: CleanRequest): Promise<CleanResult> {
  const { root, dryRun, signal, onWait } = request;
  if (!dryRun) {
    const place = { root, what: 'clean a root of trees', signal, onWait };
    return changeTrees(place, (trees) => clean(request, trees.root.path, trees.state));
  }
  requireRoot('look for what can be cleaned');
  using held = openTreesRoot(root, { make: false });
  // To look is to make nothing.
  if (!hasName(held.fd, '.virtfs'))
    return resultOf(held.path, dryRun, { trees: [], layers: nothing(), objects: nothing() });
  using state = new StateDir(held.fd);
  await state.lock(signal, onWait);
  return await clean(request, held.path, state);
}

async function clean(request: CleanRequest, rootPath: string, state: StateDir): Promise<CleanResult> {
  const { settings, dryRun, signal, progress } = request;
  let trees: readonly CleanedTree[] = [];
  let going: ReadonlySet<string> = new Set();
  const layers = nothing();
  const objects = nothing();
  const cleanTrash: Step['run'] = async (note) => {
    const due = (await readTrash(rootPath)).filter((each) => isDue(each, settings.trashDays));
    going = new Set(due.map(({ folder }) => folder));
    trees = dryRun
      ? due.map(({ domain, removed }) => ({ domain, removed }))
      : await purgeTrash(due, { state, signal, note });
    if (dryRun) note(counted(trees.length, 'tree'));
  };
  const cleanRest: Step['run'] = async (note) => {
    const needed = listNeeded(state, going);
    const between = pace(signal);
    cleanLayers(state, layers, { isNeeded: (id) => needed.layers.has(id), dryRun });
    const isNeeded = (object: string) => needed.objects.has(object);
    await cleanStore(state.part('store'), objects, { isNeeded, dryRun, between });
    note(
      `${counted(layers.files, 'file')} of layers, ${counted(objects.files, 'object')}, ${megabytes(objects.bytes)}`,
    );
  };
  const steps = [
    { title: 'Trash', run: cleanTrash },
    { title: 'Layers and store', run: cleanRest },
  ];
  try {
    await runTasks(steps, progress);
  } catch (error) {
    throw explainErrno(error, 'cannot clean the root of trees');
  }
  return resultOf(rootPath, dryRun, { trees, layers, objects });
}

function cleanLayers(
  state: StateDir,
  tally: CleanTally,
  { isNeeded, dryRun }: { readonly isNeeded: (id: string) => boolean; readonly dryRun: boolean },
): void {
  const fd = state.part('layers');
  for (const name of readdirSync(heldPath(fd))) {
    // Beside ID.json may stand what else is known of the layer: ID.packages.json.
    const id = /^(?<id>[0-9a-f]{64})\./u.exec(name)?.groups?.id;
    if (id === undefined || isNeeded(id)) continue;
    countFile(fd, name, tally);
    if (!dryRun) unlinkAt(fd, name);
  }
}

function nothing(): CleanTally {
  return { files: 0, bytes: 0 };
}

function resultOf(
  root: string,
  dryRun: boolean,
  found: Pick<CleanResult, 'trees' | 'layers' | 'objects'>,
): CleanResult {
  const ofTrees = found.trees.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  return { root, dryRun, ...found, bytes: ofTrees + found.layers.bytes + found.objects.bytes };
}
