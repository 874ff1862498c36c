import { type AccountFiles, decodeField, listAccounts } from './account-lines.ts';
import { type PasswordState, passwordState } from './account-password.ts';
import { parseId } from './parse-passwd.ts';
import type { UidRange } from './record.ts';
import { isSystemId } from './system-ids.ts';

/** A user of a tree as people see one. All text is the tree's. */
export interface ListedUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  /** The primary group first; a number where it has no name. */
  readonly groups: readonly string[];
  readonly home: string;
  readonly shell: string;
  readonly password: PasswordState;
  /** `person`: the id is one of the domain's own. `foreign`: neither that nor the system's. */
  readonly kind: 'person' | 'system' | 'foreign';
}

/** The users of a tree in the order of its passwd, each name once, as getpwnam(3) finds it. */
export function listTreeUsers(files: AccountFiles, range: UidRange | undefined): readonly ListedUser[] {
  const groups = listAccounts('group', files.group);
  const nameOfGid = new Map(
    groups.map(([name = '', , gid = '']) => [parseId(gid), name]).reverse() as [number, string][],
  );
  const joined = new Map<string, string[]>();
  for (const [group = '', , , members = ''] of groups)
    for (const member of members.split(',')) joined.set(member, [...(joined.get(member) ?? []), group]);
  const seen = new Set<string>();
  // Once for all: a tenant's files may have a hundred thousand lines. Of several lines the first counts.
  const shadow = listAccounts('shadow', files.shadow);
  const hashes = new Map(shadow.map(([name = '', field = '!']) => [name, field] as const).reverse());
  return listAccounts('passwd', files.passwd).flatMap((fields) => {
    const [name = '', own = '!', uidText = '', gidText = '', gecos = '', home = '', shell = ''] = fields;
    const [uid, gid] = [parseId(uidText), parseId(gidText)];
    if (uid === undefined || gid === undefined || seen.has(name)) return [];
    seen.add(name);
    const primary = nameOfGid.get(gid) ?? String(gid);
    return {
      name: decodeField(name),
      uid,
      gid,
      gecos: decodeField(gecos),
      groups: [...new Set([primary, ...(joined.get(name) ?? [])])].map(decodeField),
      home: decodeField(home),
      shell: decodeField(shell),
      password: passwordState(own === 'x' ? (hashes.get(name) ?? '!') : own),
      kind: kindOf(uid, range),
    };
  });
}

function kindOf(uid: number, range: UidRange | undefined): ListedUser['kind'] {
  if (isSystemId(uid)) return 'system';
  return range !== undefined && uid >= range.first && uid < range.first + range.count ? 'person' : 'foreign';
}
