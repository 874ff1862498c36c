import {
  type AccountFiles,
  decodeField,
  dropAccount,
  findAccountFields,
  listAccounts,
  mapAccounts,
} from '../domain/account-lines.ts';
import { parseId } from '../domain/parse-passwd.ts';
import type { UidRange } from '../domain/record.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

export interface UserRemoval {
  readonly domain: string;
  readonly name: string;
  /** Undefined where virtfs did not make the tree. */
  readonly uids: UidRange | undefined;
  /** System accounts too. */
  readonly force: boolean;
}

export interface PlannedRemoval {
  readonly files: AccountFiles;
  /** Undefined where passwd has no such user, and only what an interrupted removal left is cleared. */
  readonly account: { readonly uid: number; readonly home: string } | undefined;
  /** Sentences. */
  readonly notices: readonly string[];
}

/**
 * The accounts of a tree without one user: his lines, his memberships, and the group of his name when it is nobody
 * else's. Throws UNKNOWN_USER when none of the files knows him, USER_FORBIDDEN for root and, unless `force` is set, for
 * anyone whose id is not the domain's own.
 */
export function planUserRemoval(files: AccountFiles, removal: UserRemoval): PlannedRemoval {
  const { name, domain } = removal;
  const fields = findAccountFields('passwd', files.passwd, name);
  const uid = parseId(fields?.[2] ?? '');
  requireRemovable(removal, fields !== undefined, uid);
  const passwd = dropAccount('passwd', files.passwd, name);
  const left = {
    passwd,
    shadow: dropAccount('shadow', files.shadow, name),
    ...withoutGroups({ ...files, passwd }, name, removal.uids),
  };
  const isUnknown = (Object.keys(left) as (keyof AccountFiles)[]).every((file) => left[file] === files[file]);
  if (isUnknown) throw unknownUser(name, domain);
  const group = findAccountFields('group', left.group, name);
  const notices =
    group === undefined ? [] : [`the group ${name} stays: it has other members, or is not the domain's`];
  const account = uid === undefined ? undefined : { uid, home: decodeField(fields?.[5] ?? '') };
  return { files: left, account, notices };
}

/** Throws UNKNOWN_USER with where to look. */
export function unknownUser(name: string, domain: string): VirtfsError {
  return new VirtfsError('UNKNOWN_USER', {
    what: `there is no user ${name} in ${domain}`,
    why: "the tree's etc/passwd has no such user",
    mend: `see who is there: virtfs user list --all ${domain}`,
  });
}

function requireRemovable(
  { name, domain, uids, force }: UserRemoval,
  isThere: boolean,
  uid: number | undefined,
): void {
  const isRoot = name === 'root' || (isThere && uid === 0);
  const isOwn = uid !== undefined && uids !== undefined && uid >= uids.first && uid < uids.first + uids.count;
  if (!isRoot && (!isThere || isOwn || force)) return;
  throw new VirtfsError('USER_FORBIDDEN', {
    what: `cannot remove the user ${name} of ${domain}`,
    why: isRoot
      ? 'a tree needs its root'
      : 'it is an account of the system, whose id is not one of the domain’s own',
    mend: isRoot ? 'close it instead: virtfs user lock DOMAIN root' : 'say that you mean it: --force',
  });
}

function withoutGroups(
  { passwd, group, gshadow }: Omit<AccountFiles, 'shadow'>,
  name: string,
  range: UidRange | undefined,
): { readonly group: string; readonly gshadow: string } {
  const own = findAccountFields('group', group, name);
  const gid = parseId(own?.[2] ?? '');
  const others = namesIn(own?.[3]).filter((member) => member !== name);
  const isPrimary = listAccounts('passwd', passwd).some((fields) => parseId(fields[3] ?? '') === gid);
  const isDomains =
    gid !== undefined && range !== undefined && gid >= range.first && gid < range.first + range.count;
  const goes = isDomains && others.length === 0 && !isPrimary;
  return {
    group: withoutMember('group', goes ? dropAccount('group', group, name) : group, name),
    gshadow: withoutMember('gshadow', goes ? dropAccount('gshadow', gshadow, name) : gshadow, name),
  };
}

function withoutMember(file: 'group' | 'gshadow', text: string, name: string): string {
  return mapAccounts(file, text, ([group = '', second = '', third = '', members = '']) => {
    const listed = namesIn(members).includes(name) || (file === 'gshadow' && namesIn(third).includes(name));
    if (!listed) return undefined;
    const without = (list: string) =>
      namesIn(list)
        .filter((each) => each !== name)
        .join(',');
    return [group, second, file === 'gshadow' ? without(third) : third, without(members)];
  });
}

function namesIn(list: string | undefined): readonly string[] {
  return (list ?? '').split(',').filter((each) => each !== '');
}
