import { fstatSync, lstatSync } from 'node:fs';
import { parseRecordFacts } from '../domain/parse-record-facts.ts';
import type { UidRange } from '../domain/record.ts';
import { heldPath } from '../engine/held-path.ts';
import { HeldTree } from '../engine/held-tree.ts';
import { openTreesRoot, type TreesRoot } from '../engine/open-root.ts';
import { openTree } from '../engine/open-tree.ts';
import { readTreeFile } from '../engine/read-tree-file.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { requireRoot } from './change-trees.ts';
import type { TreeRequest } from './user-request.ts';

/** A domain's tree, held open. */
export interface DomainTree {
  readonly fd: number;
  /** Absolute, without links but those below. */
  readonly path: string;
  /** The domain's own ids; undefined where virtfs did not make the tree. */
  readonly uids: UidRange | undefined;
}

/**
 * Opens a domain's tree and lets `work` look at it or change what is its own. The lock of the root is not taken: the
 * tree may be renamed or removed meanwhile, which is then an error. The umask is 0. `what` completes "cannot".
 * Throws NEEDS_ROOT, ROOT_UNSAFE, DOMAIN_MISSING, TREE_UNSAFE, BAD_RECORD.
 */
export async function withDomainTree<T>(
  { root: path, domain }: TreeRequest,
  what: string,
  work: (tree: DomainTree) => T | Promise<T>,
): Promise<T> {
  requireRoot(what);
  const umask = process.umask(0);
  try {
    using root = openTreesRoot(path, { make: false });
    using tree = new HeldTree(openTree(root, domain));
    const uids = readUids(root, domain);
    const result = await work({ fd: tree.fd, path: `${root.path}/${domain}`, uids });
    requireSameTree(root, tree.fd, domain);
    return result;
  } finally {
    process.umask(umask);
  }
}

function readUids(root: TreesRoot, domain: string): UidRange | undefined {
  const path = `.virtfs/domains/${domain}.json`;
  const text = readTreeFile(root.fd, path, 1024 * 1024);
  return text === undefined ? undefined : parseRecordFacts(text, `${root.path}/${path}`).uids;
}

function requireSameTree(root: TreesRoot, fd: number, domain: string): void {
  const held = fstatSync(fd, { bigint: true });
  const there = lstatSync(heldPath(root.fd, domain), { bigint: true, throwIfNoEntry: false });
  if (there?.ino === held.ino && there.dev === held.dev) return;
  throw new VirtfsError('DOMAIN_MISSING', {
    what: `cannot tell what became of ${domain}`,
    why: 'it was removed or renamed meanwhile, and what was done went with it',
    mend: 'see what there is, and look again: virtfs list',
  });
}
