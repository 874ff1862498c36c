import type { Account } from '../domain/account.ts';
import {
  type AccountFiles,
  encodeField,
  findAccountFields,
  listAccounts,
  mapAccounts,
  putAccount,
} from '../domain/account-lines.ts';
import { chooseUserId } from '../domain/choose-user-id.ts';
import { parseId } from '../domain/parse-passwd.ts';
import type { UidRange } from '../domain/record.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { homeOf } from './choose-accounts.ts';
import { requireJoinable } from './require-joinable.ts';

/** A user as an administrator asks for one; each field is checked. */
export interface NewUser {
  readonly name: string;
  /** Full name and more; empty where nothing is said. */
  readonly gecos: string;
  readonly shell: string;
  /** Undefined is `/home/<first letter>/<name>`. */
  readonly home: string | undefined;
  readonly uid: number | undefined;
  /** Supplementary groups, by name. */
  readonly groups: readonly string[];
  /** Groups of the system may be joined, which can mean power over the whole tree. */
  readonly systemGroups: boolean;
  /** A password's hash; undefined closes the account until it gets one. */
  readonly hash: string | undefined;
}

export interface UserSurroundings {
  readonly domain: string;
  readonly uids: UidRange;
  /** Numbers that own something in the tree's homes: whoever gets one gets that too. */
  readonly owners: ReadonlySet<number>;
  /** Today, in days since 1970. */
  readonly day: number;
}

export interface PlannedUser {
  readonly account: Account;
  readonly files: AccountFiles;
}

/**
 * The accounts of a tree with one user more, and a group of his own. What an interrupted addition of the same name left
 * in group, gshadow and shadow is taken up. Throws USER_EXISTS, BAD_USER_FIELD, USER_FORBIDDEN, UIDS_EXHAUSTED.
 */
export function planUser(files: AccountFiles, user: NewUser, at: UserSurroundings): PlannedUser {
  const { name } = user;
  if (findAccountFields('passwd', files.passwd, name)) throw exists(name, at.domain, 'it is there already');
  for (const group of user.groups) requireJoinable(files.group, group, user.systemGroups, at.uids);
  const uid = chooseId(files, user, at);
  const account: Account = {
    name,
    uid,
    gid: uid,
    gecos: encodeField(user.gecos),
    home: user.home ?? homeOf(name),
    shell: user.shell,
  };
  const { gecos, home, shell } = account;
  const withGroup = putAccount('group', files.group, [name, 'x', String(uid), '']);
  const withSecret = putAccount('gshadow', files.gshadow, [name, '!', '', '']);
  const day = user.hash === undefined ? '' : String(at.day);
  const shadow = [name, user.hash ?? '!', day, '0', '99999', '7', '', '', ''];
  return {
    account,
    files: {
      passwd: putAccount('passwd', files.passwd, [name, 'x', String(uid), String(uid), gecos, home, shell]),
      group: joinGroups('group', withGroup, user),
      shadow: putAccount('shadow', files.shadow, shadow),
      gshadow: joinGroups('gshadow', withSecret, user),
    },
  };
}

function chooseId(
  files: AccountFiles,
  { name, uid }: NewUser,
  { domain, uids, owners }: UserSurroundings,
): number {
  const userIds = new Set(
    listAccounts('passwd', files.passwd).flatMap((fields) => idsOf([fields[2], fields[3]])),
  );
  const group = findAccountFields('group', files.group, name);
  const left = group === undefined ? undefined : parseId(group[2] ?? '');
  const isOwn = (id: number) => id >= uids.first && id < uids.first + uids.count;
  if (group !== undefined) {
    const isLeft = left !== undefined && isOwn(left) && !userIds.has(left) && group[3] === '';
    if (!isLeft || (uid !== undefined && uid !== left))
      throw exists(name, domain, 'the tree has a group of this name, which is somebody else’s');
    return left;
  }
  const groupIds = listAccounts('group', files.group).flatMap((fields) => idsOf([fields[2]]));
  const taken = new Set([...userIds, ...groupIds]);
  if (uid === undefined) return chooseUserId(domain, uids, new Set([...taken, ...owners]));
  if (!isOwn(uid)) throw foreignId(uid, domain, uids);
  if (taken.has(uid)) throw exists(name, domain, `the id ${uid} is taken there`);
  return uid;
}

function idsOf(texts: readonly (string | undefined)[]): readonly number[] {
  return texts.flatMap((text) => parseId(text ?? '') ?? []);
}

/** In the groups that were asked for and in no other: what a removed user of the same name left must not be inherited. */
function joinGroups(file: 'group' | 'gshadow', text: string, { name, groups }: NewUser): string {
  return mapAccounts(file, text, (fields) => {
    const [group = '', second = '', third = '', memberText = ''] = fields;
    const members = memberText.split(',').filter((member) => member !== '');
    const isMember = members.includes(name);
    const isWanted = groups.includes(group);
    const admins = file === 'gshadow' ? withoutName(third, name) : third;
    if (isMember === isWanted && admins === third) return undefined;
    const others = members.filter((member) => member !== name);
    return [group, second, admins, [...others, ...(isWanted ? [name] : [])].join(',')];
  });
}

function withoutName(list: string, name: string): string {
  const names = list.split(',');
  return names.includes(name) ? names.filter((each) => each !== name).join(',') : list;
}

function exists(name: string, domain: string, why: string): VirtfsError {
  return new VirtfsError('USER_EXISTS', {
    what: `cannot add the user ${escapeLines(name)} to ${domain}`,
    why,
    mend: `see who is there: virtfs user list --all ${domain}`,
  });
}

function foreignId(uid: number, domain: string, { first, count }: UidRange): VirtfsError {
  return new VirtfsError('USER_FORBIDDEN', {
    what: `cannot give the user id ${uid} to a user of ${domain}`,
    why: `the ids of the domain are ${first} to ${first + count - 1}`,
    mend: 'choose one of these, or leave --uid out',
  });
}
