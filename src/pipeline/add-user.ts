import { findAccountFields } from '../domain/account-lines.ts';
import { parseId } from '../domain/parse-passwd.ts';
import { parseGecos, parseHome, parseShell } from '../domain/parse-user-fields.ts';
import { parseUserName } from '../domain/parse-user-name.ts';
import type { UidRange } from '../domain/record.ts';
import { isSystemId } from '../domain/system-ids.ts';
import { removeHomeLeftovers } from '../engine/home-leftovers.ts';
import { findInTree, homePathOf } from '../engine/inspect-home.ts';
import { isProgramInTree } from '../engine/is-program-in-tree.ts';
import { listHomeOwners } from '../engine/list-home-owners.ts';
import { type LockedAccounts, withAccountsLocked } from '../engine/lock-accounts.ts';
import { makeHome } from '../engine/make-home.ts';
import { makeSpool } from '../engine/make-spool.ts';
import { readAccounts } from '../engine/read-accounts.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { treePath } from '../manifest/tree-path.ts';
import { type NewUser, type PlannedUser, planUser } from '../plan/plan-user.ts';
import { hashNewPassword, today } from './hash-new-password.ts';
import type { AddedUser, AddUserRequest } from './user-request.ts';
import { type DomainTree, withDomainTree } from './with-domain-tree.ts';

/**
 * Adds a user to a tree: a group of his own, an account, a home with what `etc/skel` has and a Maildir, and a mailbox.
 * passwd gets its line last, so a user who is there is there whole; run again after a kill it completes him.
 * Throws BAD_USER_NAME, BAD_USER_FIELD, BAD_PASSWORD, USER_EXISTS, USER_FORBIDDEN, UIDS_EXHAUSTED, BUSY, TREE_UNSAFE.
 */
export function addUser(request: AddUserRequest): Promise<AddedUser> {
  const user: NewUser = {
    name: parseUserName(request.name),
    gecos: parseGecos(request.gecos ?? ''),
    shell: parseShell(request.shell ?? '/bin/false'),
    home: request.home === undefined ? undefined : parseHome(request.home),
    uid: request.uid,
    groups: request.groups ?? [],
    systemGroups: request.systemGroups ?? false,
    // Before the lock: it is slow by design.
    hash: request.dryRun ? undefined : hashNewPassword(request.password),
  };
  return withDomainTree(request, 'add a user', async (tree) => {
    const uids = requireOwnIds(tree, request);
    if (request.dryRun) {
      const planned = plan(tree, uids, request, user, readAccounts(tree.fd));
      return describe(request, user, planned, shellNotices(tree, user));
    }
    return withAccountsLocked(tree.fd, request, (accounts) => {
      removeHomeLeftovers(tree.fd);
      const planned = plan(tree, uids, request, user, accounts.files);
      const notices = put(tree, request, planned, accounts);
      return describe(request, user, planned, [...notices, ...shellNotices(tree, user)]);
    });
  });
}

function plan(
  tree: DomainTree,
  uids: UidRange,
  { domain }: AddUserRequest,
  user: NewUser,
  files: LockedAccounts['files'],
): PlannedUser {
  return planUser(files, user, { domain, uids, owners: listHomeOwners(tree.fd), day: today() });
}

function put(
  tree: DomainTree,
  { mail = true }: AddUserRequest,
  { account, files }: PlannedUser,
  accounts: LockedAccounts,
): readonly string[] {
  accounts.put({ ...files, passwd: accounts.files.passwd }, ['group', 'gshadow', 'shadow']);
  const path = treePath(homePathOf(account.home) ?? '');
  const owner = { uid: account.uid, gid: account.gid };
  const home = makeHome(tree.fd, { path, owner, maildir: mail });
  const notices = [
    ...home.leftOut.map((name) => `etc/skel/${name} is no file, folder or link, and was left out`),
    ...(home.result === 'kept' ? keptHome(tree, path, account.uid, mail) : []),
    ...(mail ? putSpool(tree, account.name, account.uid, mailGidOf(files.group) ?? account.gid) : []),
  ];
  accounts.put(files, ['passwd']);
  return notices;
}

function keptHome(tree: DomainTree, path: string, uid: number, mail: boolean): readonly string[] {
  const found = findInTree(tree.fd, path);
  // What an interrupted addition made.
  if (found?.type === 'folder' && found.uid === uid) return [];
  const owner = found === undefined ? '' : ` and belongs to user ${found.uid}`;
  return [
    `/${path} was there already${owner}: it stays as it is${mail ? ', and no Maildir is made in it' : ''}`,
  ];
}

function putSpool(tree: DomainTree, name: string, uid: number, gid: number): readonly string[] {
  const result = makeSpool(tree.fd, name, { uid, gid });
  if (result === 'none') return ['the tree has no folder /var/mail, so no mailbox is made'];
  const owner = result === 'kept' ? findInTree(tree.fd, `var/mail/${name}`)?.uid : uid;
  return owner === uid
    ? []
    : [`/var/mail/${name} was there already and belongs to user ${owner}: it stays as it is`];
}

/** The group mail of the tree, where that is one of the system's and not root's. */
function mailGidOf(groupText: string): number | undefined {
  const gid = parseId(findAccountFields('group', groupText, 'mail')?.[2] ?? '');
  return gid !== undefined && gid !== 0 && isSystemId(gid) ? gid : undefined;
}

/** Shells that let nobody in need not be there for that. */
function shellNotices(tree: DomainTree, { shell }: NewUser): readonly string[] {
  if (/\/(?:false|nologin)$/u.test(shell) || isProgramInTree(tree.fd, shell)) return [];
  return [`the tree has no program ${shell}: nobody can log in with that shell`];
}

function describe(
  { domain, dryRun = false }: AddUserRequest,
  { groups, hash }: NewUser,
  { account: { name, uid, gid, home, shell } }: PlannedUser,
  notices: readonly string[],
): AddedUser {
  const password = hash === undefined ? 'none' : 'set';
  return { domain, name, uid, gid, home, shell, groups, password, dryRun, notices };
}

function requireOwnIds({ uids }: DomainTree, { domain, name }: AddUserRequest): UidRange {
  if (uids !== undefined) return uids;
  throw new VirtfsError('BAD_RECORD', {
    what: `cannot add the user ${escapeLines(name)} to ${domain}`,
    why: 'virtfs did not make this tree, so it has no user ids of its own',
    mend: `add him as root of the tree: virtexec --domain ${domain} useradd ${escapeLines(name)}`,
  });
}
