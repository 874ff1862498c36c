import { parseKnownUserName } from '../domain/parse-user-name.ts';
import { isSystemId } from '../domain/system-ids.ts';
import { removeHomeLeftovers } from '../engine/home-leftovers.ts';
import { findInTree, homePathOf } from '../engine/inspect-home.ts';
import { withAccountsLocked } from '../engine/lock-accounts.ts';
import { readAccounts } from '../engine/read-accounts.ts';
import { detachHome, removeSpool } from '../engine/remove-home.ts';
import { listTreeProcesses } from '../host/list-tree-processes.ts';
import { statOpenPlace } from '../linux/stat-place.ts';
import { type PlannedRemoval, planUserRemoval } from '../plan/plan-user-removal.ts';
import { counted } from './count-words.ts';
import type { RemovedUser, RemoveUserRequest } from './user-request.ts';
import { type DomainTree, withDomainTree } from './with-domain-tree.ts';

/**
 * Removes a user from a tree: account, memberships, and the group of his name when it is nobody else's; home and
 * mailbox only when asked. Run again after a kill it completes. Throws UNKNOWN_USER, USER_FORBIDDEN, BUSY, TREE_UNSAFE.
 */
export function removeUser(request: RemoveUserRequest): Promise<RemovedUser> {
  const name = parseKnownUserName(request.name);
  const { domain, force, dryRun = false } = request;
  return withDomainTree(request, 'remove a user', async (tree) => {
    const removal = { domain, name, force, uids: tree.uids };
    if (dryRun) {
      const planned = planUserRemoval(readAccounts(tree.fd), removal);
      return describe(
        request,
        planned,
        foreseeHome(tree, request, planned),
        runningNotices(tree, name, planned),
      );
    }
    const { planned, detached, notices } = await withAccountsLocked(tree.fd, request, (accounts) => {
      removeHomeLeftovers(tree.fd);
      const planned = planUserRemoval(accounts.files, removal);
      // The home first: passwd is what says where it is, should this be stopped halfway.
      const detached = takeHome(tree, request, planned);
      // group last: it tells whether a group goes, to a repeat too.
      accounts.put(planned.files, ['passwd', 'shadow', 'gshadow', 'group']);
      return { planned, ...detached };
    });
    detached?.remove();
    const homeIs = request.home ? homeAfter(detached?.result) : foreseeHome(tree, request, planned);
    return describe(request, planned, homeIs, [...notices, ...runningNotices(tree, name, planned)]);
  });
}

type Detached = ReturnType<typeof detachHome>;

function takeHome(
  tree: DomainTree,
  { home, name }: RemoveUserRequest,
  { account }: PlannedRemoval,
): { readonly detached: Detached | undefined; readonly notices: readonly string[] } {
  if (!home || account === undefined) return { detached: undefined, notices: [] };
  const detached = detachHome(tree.fd, account.home, account.uid);
  const hasNoSpool = removeSpool(tree.fd, name, account.uid);
  return {
    detached,
    notices: [
      ...(detached.result === 'kept'
        ? [`${account.home} stays: it is not a folder that belongs to ${name}`]
        : []),
      ...(hasNoSpool ? [] : [`/var/mail/${name} stays: it is not a file that belongs to ${name}`]),
    ],
  };
}

function homeAfter(result: Detached['result'] | undefined): RemovedUser['homeIs'] {
  return result === 'detached' ? 'removed' : result === 'kept' ? 'kept' : 'missing';
}

function foreseeHome(
  tree: DomainTree,
  { home }: RemoveUserRequest,
  { account }: PlannedRemoval,
): RemovedUser['homeIs'] {
  const path = homePathOf(account?.home ?? '');
  const found = path === undefined ? undefined : findInTree(tree.fd, path);
  if (found === undefined) return 'missing';
  return home && found.type === 'folder' && found.uid === account?.uid ? 'removed' : 'kept';
}

/** Who runs goes on running: a number is all the kernel knows of a user. */
function runningNotices(tree: DomainTree, name: string, { account }: PlannedRemoval): readonly string[] {
  if (account === undefined || isSystemId(account.uid)) return [];
  const { dev, ino } = statOpenPlace(tree.fd);
  const running = listTreeProcesses({ dev, ino, path: tree.path }).filter(({ uid }) => uid === account.uid);
  if (running.length === 0) return [];
  const pids = running
    .map(({ pid }) => pid)
    .slice(0, 20)
    .join(' ');
  return [`${counted(running.length, 'process', 'processes')} of ${name} go on running: kill ${pids}`];
}

function describe(
  { domain, name, dryRun = false }: RemoveUserRequest,
  { account, notices: planned }: PlannedRemoval,
  homeIs: RemovedUser['homeIs'],
  notices: readonly string[],
): RemovedUser {
  return {
    domain,
    name,
    uid: account?.uid,
    home: account?.home,
    homeIs,
    dryRun,
    notices: [...planned, ...notices],
  };
}
