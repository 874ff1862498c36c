import type { DomainName } from '../domain/domain-name.ts';
import type { Settings } from '../domain/settings.ts';
import { HeldTree } from '../engine/held-tree.ts';
import { hasName } from '../engine/lay-tree.ts';
import { openTreesRoot } from '../engine/open-root.ts';
import { openTree } from '../engine/open-tree.ts';
import { readTreeBytes } from '../engine/read-tree-file.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import type { Difference } from '../manifest/difference.ts';
import type { TreePath } from '../manifest/tree-path.ts';
import { renderUnifiedDiff } from '../render/render-unified-diff.ts';
import { requireRoot } from './change-trees.ts';
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

export interface DiffRequest {
  readonly settings: Settings;
  readonly root: string;
  readonly domain: DomainName;
  /** Files and folders of the tree; all configuration when there are none. */
  readonly paths: readonly string[];
}

/**
 * Compares a domain's configuration with what virtfs would lay today. Takes no lock, and follows no link of the tree.
 * Throws NEEDS_ROOT, DOMAIN_MISSING, PATH_NOT_IN_TREE, and what planning throws.
 */
export async function diffDomain({
  settings,
  root: path,
  domain,
  paths,
}: DiffRequest): Promise<readonly Difference[]> {
  requireRoot('look into a tree');
  const record = await requireRecord(path, domain);
  const { plan } = await planAgain({ ...settings, root: path }, record);
  const files = chooseConfiguration(listConfiguration(plan), paths);
  using root = openTreesRoot(path, { make: false });
  using tree = new HeldTree(openTree(root, domain));
  return files.flatMap((file) => compareFile(tree, domain, file));
}

function compareFile(tree: HeldTree, domain: DomainName, { entry }: PlannedFile): readonly Difference[] {
  const { path } = entry;
  const beside = isThere(tree, besideOf(path)) ? { beside: besideOf(path) } : {};
  const there = readThere(tree, path);
  if (there instanceof VirtfsError) return [{ path, state: 'unreadable', why: there.why, ...beside }];
  if (there === undefined) return [{ path, state: 'missing', ...beside }];
  const planned = readPlanned(entry);
  if (!planned.equals(there))
    return [{ path, state: 'changed', ...describeText(domain, path, planned, there), ...beside }];
  return 'beside' in beside ? [{ path, state: 'waiting', ...beside }] : [];
}

function readThere(tree: HeldTree, path: TreePath): Buffer | VirtfsError | undefined {
  try {
    return readTreeBytes(tree.fd, path, mostConfigurationBytes);
  } catch (error) {
    if (error instanceof VirtfsError) return error;
    throw error;
  }
}

function describeText(
  domain: DomainName,
  path: TreePath,
  planned: Buffer,
  there: Buffer,
): Pick<Difference, 'diff'> {
  if (planned.includes(0) || there.includes(0)) return {};
  const diff = renderUnifiedDiff(
    { name: `today/${path}`, text: planned.toString() },
    { name: `${domain}/${path}`, text: there.toString() },
  );
  // Bytes that are no text may differ and look the same.
  return diff === undefined || diff.length === 0 ? {} : { diff };
}

function isThere(tree: HeldTree, path: TreePath): boolean {
  try {
    const { dirfd, name } = tree.parentOf(path);
    return hasName(dirfd, name);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].some((code) => isErrno(error, code))) return false;
    throw error;
  }
}
