import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
import { hostNameOf } from '../domain/host-name.ts';
import type { UidRange } from '../domain/record.ts';
import { changeRoot, pivotRoot } from '../linux/change-root.ts';
import { decideLandlock, makeLandlockRuleset, readLandlockVersion } from '../linux/landlock.ts';
import { attachMount, cloneMount, detachMountsFromHost } from '../linux/mounts.ts';
import { setHostName, unshareNamespaces } from '../linux/namespaces.ts';
import { enterNamespaces, type Namespaces, openOwnNamespaces } from '../linux/set-namespace.ts';
import { type OwnerFacts, readOwner } from '../linux/stat-at.ts';
import { attachProc, attachTerminals } from './attach-own-mounts.ts';
import { openTreesRoot, type TreesRoot } from './open-root.ts';
import { openTree } from './open-tree.ts';
import { protectSharedDirs } from './protect-shared-dirs.ts';
import { readRecordFacts } from './read-record-facts.ts';
import { requireTreeIsRoot } from './require-tree-is-root.ts';
import { type IsolationStep, NotIsolated, runIsolationSteps } from './run-isolation-steps.ts';

/**
 * All that programs of a domain run in, made once for many of them: mounts of which the tree is the root, with its own
 * /proc and terminals, and what is shared with other trees read-only; host name; System V IPC. Descriptors, so that a
 * message can carry it from thread to thread.
 */
export interface Cell {
  readonly domain: DomainName;
  readonly namespaces: Namespaces;
  /** For landlock_restrict_self(2); undefined where the kernel has none. */
  readonly ruleset: number | undefined;
  /** Other cells have the same ruleset: one that names no file holds everywhere. */
  readonly sharesRuleset: boolean;
  /** Which directory it was made of. */
  readonly place: OwnerFacts['place'];
  readonly uids: UidRange | undefined;
}

/**
 * Makes the cell of a domain. The calling thread is in there meanwhile, and back when this returns; nothing may go on
 * beside it on that thread. Throws ISOLATION_FAILED, what `openTree` throws, and BAD_RECORD.
 * What cannot get back ends the process: a thread of the host with a tree as its root must not go on.
 */
export function makeCell(root: TreesRoot, domain: DomainName): Cell {
  const treeFd = openTree(root, domain);
  try {
    const place = placeOf(treeFd, domain);
    const facts = readRecordFacts(root, domain);
    const hasSharedFiles = facts === undefined || facts.link === 'hardlink';
    const made = runInNewNamespaces({ root, domain, treeFd, mountFd: -1, hasSharedFiles });
    return { domain, ...made, place, uids: facts?.uids };
  } finally {
    closeSync(treeFd);
  }
}

function placeOf(treeFd: number, domain: DomainName): OwnerFacts['place'] {
  const found = readOwner(treeFd, '.');
  if (found === undefined) throw new Error(`the tree of ${domain} was open`);
  return found.place;
}

/** Gives back what a cell holds; programs that run in it go on. */
export function closeCell({ namespaces, ruleset, sharesRuleset }: Cell): void {
  closeNamespaces(namespaces);
  if (ruleset !== undefined && !sharesRuleset) closeSync(ruleset);
}

/** Of this thread's cells, the ruleset that all share. */
let sameForAll: number | undefined;

interface Making {
  readonly root: TreesRoot;
  readonly domain: DomainName;
  readonly treeFd: number;
  /** The tree as a mount of its own, once there is one. */
  mountFd: number;
  readonly hasSharedFiles: boolean;
  ruleset?: number;
}

// biome-ignore format: a table
const firstSteps: readonly IsolationStep<undefined>[] = [
  { name: 'make mounts, host name and IPC of its own', run: () => unshareNamespaces() },
];

// biome-ignore format: a table
const steps: readonly IsolationStep<Making>[] = [
  { name: 'keep its mounts away from the host',        run: () => detachMountsFromHost() },
  { name: 'set the host name',                         run: ({ domain }) => setHostName(hostNameOf(domain)) },
  { name: 'make a mount of the tree',                  run: mountTree },
  { name: 'mount /proc',                               run: ({ mountFd }) => attachProc(mountFd) },
  { name: 'mount /dev/pts',                            run: ({ mountFd }) => attachTerminals(mountFd) },
  { name: 'make the shared folders read-only',         run: ({ mountFd, hasSharedFiles }) => hasSharedFiles && protectSharedDirs(mountFd) },
  { name: 'make the tree the root of all mounts',      run: ({ mountFd }) => pivotRoot(mountFd) },
  { name: 'make sure of the root directory',           run: ({ mountFd }) => requireTreeIsRoot(mountFd) },
  { name: 'make the Landlock rules',                   run: makeRuleset },
];

// What was opened before belongs to the mounts of the host, and is not to be cloned here (open_tree(2)).
function mountTree(making: Making): void {
  using root = openTreesRoot(making.root.path, { make: false });
  const fd = openTree(root, making.domain);
  try {
    const [tree, same] = [making.treeFd, fd].map((each) => fstatSync(each, { bigint: true }));
    if (tree?.dev !== same?.dev || tree?.ino !== same?.ino)
      throw new NotIsolated('the tree was replaced meanwhile');
    making.mountFd = cloneMount(fd);
    attachMount(making.mountFd, fd);
  } finally {
    closeSync(fd);
  }
}

function makeRuleset(making: Making): void {
  const rules = decideLandlock(readLandlockVersion());
  if (rules?.files === 0n) making.ruleset = sameForAll ??= makeLandlockRuleset(rules);
  else if (rules) making.ruleset = makeLandlockRuleset(rules);
}

function runInNewNamespaces(making: Making): Pick<Cell, 'namespaces' | 'ruleset' | 'sharesRuleset'> {
  const own = openOwnNamespaces();
  const rootFd = openSync('/', constants.O_RDONLY | constants.O_DIRECTORY);
  let namespaces: Namespaces | undefined;
  try {
    runIsolationSteps(firstSteps, undefined);
    try {
      // By a path of the host's /proc, which is out of reach once the tree is the root.
      namespaces = openOwnNamespaces();
      runIsolationSteps(steps, making);
    } finally {
      goBack(own, rootFd);
      if (making.mountFd !== -1) closeSync(making.mountFd);
    }
    const { ruleset } = making;
    return { namespaces, ruleset, sharesRuleset: ruleset === sameForAll };
  } catch (error) {
    if (namespaces) closeNamespaces(namespaces);
    if (making.ruleset !== undefined && making.ruleset !== sameForAll) closeSync(making.ruleset);
    throw error;
  } finally {
    closeNamespaces(own);
    closeSync(rootFd);
  }
}

function goBack(own: Namespaces, rootFd: number): void {
  try {
    enterNamespaces(own);
    changeRoot(rootFd);
  } catch {
    process.abort();
  }
}

function closeNamespaces(namespaces: Namespaces): void {
  for (const fd of Object.values(namespaces)) closeSync(fd);
}
