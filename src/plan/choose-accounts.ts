import type { Account, AccountGroup, Accounts } from '../domain/account.ts';
import type { HostView } from '../domain/host-view.ts';
import type { Owner } from '../domain/owner.ts';
import { parseAdminName } from '../domain/parse-admin-name.ts';
import type { UidRange } from '../domain/record.ts';
import { findSystemGid, findSystemUserIds, isSystemId } from '../domain/system-ids.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/** The account every tree has for its web folders. */
export const webmaster = 'webmaster';

/** What a tree of any kind needs: owners of its own files, and the name for nobody. */
const baseUsers = ['root', 'nobody'];
const baseGroups = ['root', 'tty', 'mail', 'shadow', 'utmp', 'users', 'nogroup'];

/** Only names and numbers are taken from the host's accounts: a full name or a password is nobody else's business. */
interface HostIds {
  readonly users: ReadonlyMap<string, { readonly uid: number; readonly gid: number; readonly home: string }>;
  readonly groups: ReadonlyMap<string, number>;
}

export interface SystemAccountsRequest {
  /** Names the profile asks for. */
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly host: HostView;
  /** Whether the tree will have a program at this absolute path. */
  readonly inTree: (path: string) => boolean;
}

/**
 * The system accounts of a tree, with the numbers they have on the host or else in Debian's base system, so that one
 * number means one system account in every tree. Those without a system number are left out, with a notice.
 */
export function chooseSystemAccounts(
  request: SystemAccountsRequest,
): Accounts & { readonly notices: readonly string[] } {
  const ids = readHostIds(request.host);
  const notices: string[] = [];
  const users: Account[] = [];
  const groups = new Map<string, number>();
  for (const name of new Set([...baseGroups, ...request.groups])) {
    const gid = [ids.groups.get(name), findSystemGid(name)].find((id) => id !== undefined && isSystemId(id));
    if (gid === undefined) notices.push(leftOut('group', name));
    else groups.set(name, gid);
  }
  for (const name of new Set([...baseUsers, ...request.users])) {
    const found = [ids.users.get(name), findSystemUserIds(name)].find((one) => one && isFit(name, one));
    if (found === undefined) {
      notices.push(leftOut('user', name));
      continue;
    }
    users.push({ name, ...found, gecos: name, shell: shellOf(name, request.inTree) });
    if (![...groups.values()].includes(found.gid)) groups.set(nameOfGid(found.gid, name, ids), found.gid);
  }
  return { users: byUid(users), groups: byGid(groups), notices };
}

/** What one domain adds to the system accounts. */
export interface DomainAccountsRequest {
  readonly system: Accounts;
  readonly admin: string;
  readonly uids: UidRange;
  /** Of the domain's people. */
  readonly shell: string;
}

/**
 * All accounts of one tree. The first number of the domain's range is webmaster's and of the group www, the next one
 * the administrator's, who is in www too. Throws BAD_USER_NAME for a name another account or group has.
 */
export function chooseAccounts({ system, admin, uids, shell }: DomainAccountsRequest): Accounts {
  const name = parseAdminName(admin);
  if ([...system.users, ...system.groups].some((taken) => taken.name === name)) {
    throw new VirtfsError('BAD_USER_NAME', {
      what: `'${name}' cannot be the administrator's user name`,
      why: 'an account or group that the profile asks for has this name',
      mend: 'choose another name with --admin',
    });
  }
  const [www, own] = [uids.first, uids.first + 1];
  return {
    users: [
      ...system.users,
      { name: webmaster, uid: www, gid: www, gecos: 'Webmaster', home: '/var/www', shell },
      { name, uid: own, gid: own, gecos: 'Administrator', home: homeOf(name), shell },
    ],
    groups: [...system.groups, { name: 'www', gid: www, members: [name] }, { name, gid: own, members: [] }],
  };
}

/** The home of a user of a domain: `/home/a/anna`. Names that do not begin with a letter go under `a`. */
export function homeOf(name: string): string {
  return `/home/${/^[a-z]/u.exec(name)?.[0] ?? 'a'}/${name}`;
}

/** Numbers of a user and a group by their names in the tree. Throws BAD_PROFILE for names the tree does not have. */
export function findOwner(accounts: Accounts, user: string, group: string): Owner {
  const uid = accounts.users.find((account) => account.name === user)?.uid;
  const gid = accounts.groups.find((one) => one.name === group)?.gid;
  if (uid !== undefined && gid !== undefined) return { uid, gid };
  throw new VirtfsError('BAD_PROFILE', {
    what: `cannot give a folder to ${escapeLines(user)}:${escapeLines(group)}`,
    why: `the tree has no ${uid === undefined ? `user ${escapeLines(user)}` : `group ${escapeLines(group)}`}`,
    mend: "name it in the profile's users or groups too, or give the folder to another",
  });
}

function readHostIds(host: HostView): HostIds {
  const number = (text: string | undefined) =>
    text !== undefined && /^\d{1,10}$/u.test(text) ? Number(text) : undefined;
  const users: [string, { uid: number; gid: number; home: string }][] = [];
  const groups: [string, number][] = [];
  for (const line of (host.text('/etc/passwd') ?? '').split('\n')) {
    const [name = '', , uidText, gidText, , home = ''] = line.split(':');
    const [uid, gid] = [number(uidText), number(gidText)];
    if (uid !== undefined && gid !== undefined) users.push([name, { uid, gid, home: safeHome(home) }]);
  }
  for (const line of (host.text('/etc/group') ?? '').split('\n')) {
    const [name = '', , gidText] = line.split(':');
    const gid = number(gidText);
    if (gid !== undefined) groups.push([name, gid]);
  }
  return { users: new Map(users), groups: new Map(groups) };
}

/** A system account's home may be a state folder; a person's home on the host is not named in a tree. */
function safeHome(home: string): string {
  return /^\/(?:[\w.+-]+\/?)*$/u.test(home) && !/^\/home\b/u.test(home) ? home : '/nonexistent';
}

function isFit(name: string, ids: { readonly uid: number; readonly gid: number }): boolean {
  // A second name for uid 0 or gid 0 would be a second root.
  return isSystemId(ids.uid) && isSystemId(ids.gid) && (name === 'root') === (ids.uid === 0);
}

function shellOf(name: string, inTree: (path: string) => boolean): string {
  const wanted =
    name === 'root' ? ['/bin/bash', '/bin/sh'] : ['/usr/sbin/nologin', '/sbin/nologin', '/bin/false'];
  return wanted.find(inTree) ?? (name === 'root' ? '/bin/sh' : '/bin/false');
}

/** The host's name for a primary group, or the user's own. */
function nameOfGid(gid: number, user: string, ids: HostIds): string {
  const name = [...ids.groups].find(([, id]) => id === gid)?.[0];
  return name !== undefined && /^[a-z_][a-z0-9_.-]{0,31}$/u.test(name) ? name : user;
}

function byUid(users: readonly Account[]): Account[] {
  return [...users].sort((one, other) => one.uid - other.uid);
}

function byGid(groups: ReadonlyMap<string, number>): AccountGroup[] {
  return [...groups]
    .map(([name, gid]) => ({ name, gid, members: [] }))
    .sort((one, other) => one.gid - other.gid);
}

function leftOut(what: 'user' | 'group', name: string): string {
  return `the system ${what} ${escapeLines(name)} is left out: this host gives it no number below 1000`;
}
