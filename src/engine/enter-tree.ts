import { fstatSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
import { hostNameOf } from '../domain/host-name.ts';
import { changeRoot, pivotRoot } from '../linux/change-root.ts';
import { becomeIdentity, hasIdentity, type Identity } from '../linux/credentials.ts';
import { denyTracing } from '../linux/deny-tracing.ts';
import { closeDescriptorsOnExec, restoreBlocking } from '../linux/exec-program.ts';
import { decideLandlock, readLandlockVersion, restrictByLandlock } from '../linux/landlock.ts';
import { attachMount, cloneMount, detachMountsFromHost } from '../linux/mounts.ts';
import { setHostName, unshareNamespaces } from '../linux/namespaces.ts';
import { type OpenFileLimit, setOpenFileLimit } from '../linux/open-file-limit.ts';
import { resetSignals } from '../linux/reset-signals.ts';
import { installSeccompFilter } from '../linux/seccomp.ts';
import { encodeSeccompFilter } from '../linux/seccomp-filter.ts';
import { attachProc, attachTerminals } from './attach-own-mounts.ts';
import { dropCapabilities, limitCapabilities, treeCapabilities } from './drop-capabilities.ts';
import { findAccount, findRootAccount, type TreeAccount } from './find-account.ts';
import { openTreesRoot } from './open-root.ts';
import { openTree } from './open-tree.ts';
import { protectSharedDirs } from './protect-shared-dirs.ts';
import { readRecordFacts } from './read-record-facts.ts';
import { requireTreeIsRoot } from './require-tree-is-root.ts';
import { type IsolationStep, NotIsolated, runIsolationSteps } from './run-isolation-steps.ts';

export interface EnterRequest {
  /** The root of trees, absolute. */
  readonly root: string;
  readonly domain: DomainName;
  /** A name or number of the tree's passwd; undefined is root. */
  readonly user: string | undefined;
  /** The limits of open files the caller had, where they are known. */
  readonly openFiles: OpenFileLimit | undefined;
  /** Flags of standard input, output and error as the caller handed them over. */
  readonly stdio: readonly (number | undefined)[];
  /** The capabilities of a network service, within `serviceCapabilities`; undefined is another program. */
  readonly service?: bigint | undefined;
}

/**
 * Moves the calling thread into a domain's tree for good, ready to exec a program of the tree. There is no way back, and
 * nothing of the host can be read any more: whatever is still needed must be loaded by now.
 * Returns the account the program runs as.
 * Throws ISOLATION_FAILED when any step fails; what `openTree` and `findAccount` throw; and BAD_RECORD.
 */
export function enterTree(request: EnterRequest): TreeAccount {
  runIsolationSteps(hostSteps, request);
  using root = openTreesRoot(request.root, { make: false });
  const treeFd = openTree(root, request.domain);
  const facts = readRecordFacts(root, request.domain);
  const who =
    request.user === undefined ? findRootAccount(treeFd) : findAccount(treeFd, request.user, facts?.uids);
  const identity = { uid: who.account.uid, gid: who.account.gid, groups: who.groups };
  const { openFiles, stdio, service } = request;
  // A tree made by hand may well be made of hard links.
  const hasSharedFiles = facts === undefined || facts.link === 'hardlink';
  runIsolationSteps(treeSteps, { treeFd, hasSharedFiles, identity, openFiles, stdio, service });
  return who;
}

// biome-ignore format: a table
const hostSteps: readonly IsolationStep<EnterRequest>[] = [
  // Root of another tree has the capabilities we come to have, and other threads of ours keep all.
  { name: 'keep others from tracing it',               run: () => denyTracing() },
  { name: 'make mounts, host name and IPC of its own', run: () => unshareNamespaces() },
  { name: 'keep its mounts away from the host',        run: () => detachMountsFromHost() },
  { name: 'set the host name',                         run: ({ domain }) => setHostName(hostNameOf(domain)) },
  { name: 'accept standard input and output',          run: () => refuseDirectories() },
];

/** What the steps inside the tree work on. `treeFd` is the directory first, and then the mount made of it. */
interface Entering {
  treeFd: number;
  readonly hasSharedFiles: boolean;
  readonly identity: Identity;
  readonly openFiles: OpenFileLimit | undefined;
  readonly stdio: readonly (number | undefined)[];
  readonly service: bigint | undefined;
}

/** A directory of the host left open is a way out, as 0, 1 or 2 as well (fchdir(2), openat(2)). */
function refuseDirectories(): void {
  const found = [0, 1, 2].find((fd) => fstatSync(fd).isDirectory());
  if (found !== undefined) throw new NotIsolated(`descriptor ${found} is a directory outside the tree`);
}

// The order is forced: mounts and Landlock need SYS_ADMIN, Landlock the final root, ids what the last step takes away.
// biome-ignore format: a table
const treeSteps: readonly IsolationStep<Entering>[] = [
  { name: 'make a mount of the tree',                  run: mountTree },
  { name: 'mount /proc',                               run: ({ treeFd }) => attachProc(treeFd) },
  { name: 'mount /dev/pts',                            run: ({ treeFd }) => attachTerminals(treeFd) },
  { name: 'make the shared folders read-only',         run: (entry) => entry.hasSharedFiles && protectSharedDirs(entry.treeFd) },
  { name: 'change the root directory',                 run: changeToTree },
  { name: 'make sure of the root directory',           run: ({ treeFd }) => requireTreeIsRoot(treeFd) },
  { name: 'restrict it by Landlock',                   run: restrictReach },
  { name: 'install the seccomp filter',                run: filterCalls },
  { name: 'limit capabilities for good',               run: ({ service }) => limitCapabilities(service ?? treeCapabilities) },
  { name: 'change user and groups',                    run: ({ identity }) => becomeIdentity(identity) },
  { name: 'drop capabilities',                         run: ({ identity, service }) => dropCapabilities(identity.uid === 0, service ?? treeCapabilities) },
  { name: 'make sure of user and groups',              run: requireIdentity },
  { name: 'restore the limit of open files',           run: ({ openFiles }) => openFiles && setOpenFileLimit(openFiles) },
  { name: 'restore standard input and output',         run: ({ stdio }) => restoreBlocking(stdio) },
  { name: 'close descriptors',                         run: () => closeDescriptorsOnExec() },
  { name: 'reset signals',                             run: () => resetSignals() },
];

/** What may chroot(2) itself needs a mount namespace in which there is nothing above the tree. */
function changeToTree({ treeFd, service }: Entering): void {
  if (service === undefined) changeRoot(treeFd);
  else pivotRoot(treeFd);
}

function mountTree(entry: Entering): void {
  const mount = cloneMount(entry.treeFd);
  attachMount(mount, entry.treeFd);
  entry.treeFd = mount;
}

function restrictReach(): void {
  const rules = decideLandlock(readLandlockVersion());
  if (rules) restrictByLandlock(rules);
}

function filterCalls(): void {
  const signalsScoped = readLandlockVersion() >= 6;
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  installSeccompFilter(encodeSeccompFilter({ arch, signalsScoped }));
}

function requireIdentity({ identity }: Entering): void {
  if (!hasIdentity(identity)) throw new NotIsolated('the ids are not the ones that were set');
}
