import { hash } from 'node:crypto';
import type { DomainRecord } from '../domain/record.ts';
import { HeldTree } from '../engine/held-tree.ts';
import { keepOldFile, removeFile } from '../engine/keep-old-file.ts';
import { openTree } from '../engine/open-tree.ts';
import { putStateFile } from '../engine/put-state-file.ts';
import { readTreeBytes } from '../engine/read-tree-file.ts';
import { replaceEntry } from '../engine/replace-entry.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readManifest } from '../host/read-manifest.ts';
import { syncFileSystem } from '../linux/files.ts';
import { isSameEntry } from '../manifest/compare-entries.ts';
import { describeManifest } from '../manifest/describe-manifest.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import { renderManifest } from '../manifest/manifest-text.ts';
import { mergeEntries } from '../manifest/parse-manifest.ts';
import { type TreePath, treePath } from '../manifest/tree-path.ts';
import { changeTrees, type OpenTrees } from './change-trees.ts';
import { requireNoSecrets } from './check-secrets.ts';
import type { DiffRequest } from './diff-domain.ts';
import { planAgain } from './plan-again.ts';
import {
  chooseConfiguration,
  listConfiguration,
  mostConfigurationBytes,
  type PlannedFile,
  readPlanned,
} from './planned-configuration.ts';
import { requireRecord } from './require-record.ts';
import { besideOf } from './update-tree.ts';

export interface AcceptRequest extends DiffRequest {
  readonly signal: AbortSignal;
  /** Told while another virtfs holds the lock of the root. */
  readonly onWait: () => void;
}

/** What was done to one file. */
export interface Accepted {
  readonly path: TreePath;
  /** False when it was as virtfs would lay it already. */
  readonly isReplaced: boolean;
  /** Where the old file is, when there was one. */
  readonly old?: TreePath;
}

/**
 * Puts what virtfs would lay today in the place of configuration that a domain changed: each file in one step, the old
 * one kept beside it, and what an update laid beside it taken away. Doing it again completes what was interrupted.
 * Throws NEEDS_ROOT, DOMAIN_MISSING, PATH_NOT_IN_TREE, TREE_UNSAFE, NO_SPACE, READ_ONLY, the signal's reason.
 */
export async function acceptConfiguration(request: AcceptRequest): Promise<readonly Accepted[]> {
  const { settings, root, domain, paths, signal, onWait } = request;
  return changeTrees({ root, what: 'change a tree', signal, onWait }, async (trees) => {
    const record = await requireRecord(root, domain);
    const { plan, inspection } = await planAgain({ ...settings, root }, record);
    const files = chooseConfiguration(listConfiguration(plan), paths);
    const entries = files.map(({ entry }) => entry);
    requireNoSecrets(
      { layer: [], own: [{ name: 'accounts', entries }], notices: [] },
      inspection.host,
      new Set(),
    );
    using tree = new HeldTree(openTree(trees.root, domain));
    const done: PlannedFile[] = [];
    const accepted: Accepted[] = [];
    try {
      for (const file of files) {
        signal.throwIfAborted();
        accepted.push(acceptFile(tree, trees, record, file));
        done.push(file);
      }
    } finally {
      await noteLaid(trees, record, done);
    }
    return accepted;
  });
}

function acceptFile(
  tree: HeldTree,
  trees: OpenTrees,
  { link }: DomainRecord,
  { entry }: PlannedFile,
): Accepted {
  const { path } = entry;
  const bytes = readPlanned(entry);
  if (isAsPlanned(tree, path, bytes)) {
    removeFile(tree, besideOf(path));
    return { path, isReplaced: false };
  }
  const old = treePath(`${path}.virtfs-old`);
  const hasOld = keepOldFile(tree, path, old);
  const bench = { stageFd: trees.state.part('stage'), filling: { store: trees.store, link, keyOf: noKey } };
  const isDone = replaceEntry({ ...entry, source: { bytes }, shared: false }, tree, bench);
  if (!isDone) throw inTheWay(path);
  removeFile(tree, besideOf(path));
  return { path, isReplaced: true, ...(hasOld ? { old } : {}) };
}

function isAsPlanned(tree: HeldTree, path: TreePath, bytes: Buffer): boolean {
  try {
    return readTreeBytes(tree.fd, path, mostConfigurationBytes)?.equals(bytes) ?? false;
  } catch (error) {
    // A link or another kind of file is what the new one is to replace.
    if (error instanceof VirtfsError) return false;
    throw error;
  }
}

function noKey(): never {
  throw new Error('bytes of configuration are given, not stored');
}

/** From now on the files are those virtfs laid: else the next change of the host's would be laid beside them. */
async function noteLaid(
  { root, state }: OpenTrees,
  { domain }: DomainRecord,
  files: readonly PlannedFile[],
): Promise<void> {
  const found = await readManifest(root.path, domain);
  if (found === undefined) return;
  const before = mergeEntries(found.manifest, found.layer);
  const laid = files.flatMap(laidOf).filter((entry) => {
    const known = before.get(entry.path);
    return known === undefined || !isSameEntry(known, entry);
  });
  try {
    syncFileSystem(state.fd);
  } catch (error) {
    throw explainErrno(error, `cannot write the files of ${domain} to the disk`);
  }
  if (laid.length === 0) return;
  const replaced = new Set(laid.map(({ path }) => path));
  const own = [...found.manifest.own.filter(({ path }) => !replaced.has(path)), ...laid];
  putStateFile(state.part('manifests'), `${domain}.json`, renderManifest({ ...found.manifest, own }));
}

function laidOf({ section, entry }: PlannedFile): readonly ManifestEntry[] {
  return describeManifest([{ name: section, entries: [entry] }], () => {
    const bytes = readPlanned(entry);
    return { sha256: hash('sha256', bytes), size: bytes.length };
  });
}

function inTheWay(path: TreePath): VirtfsError {
  const shown = escapeLines(path);
  return new VirtfsError('TREE_UNSAFE', {
    what: `cannot replace ${shown} of the tree`,
    why: 'a folder stands there, or something else on the way to it',
    mend: 'look at it with ls -l, move it away, then run the same command again',
  });
}
