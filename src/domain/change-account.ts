import { type AccountFiles, encodeField, mapAccounts } from './account-lines.ts';

/** What of an account is to be another; undefined leaves it. */
export interface AccountChange {
  readonly gecos?: string | undefined;
  readonly shell?: string | undefined;
  /** All supplementary groups, by name. */
  readonly groups?: readonly string[] | undefined;
}

/** `files` with another comment, shell or other memberships of a user who is there; all else stays byte for byte. */
export function changeAccount(files: AccountFiles, name: string, change: AccountChange): AccountFiles {
  const { gecos, shell, groups } = change;
  const passwd = mapAccounts('passwd', files.passwd, (fields) => {
    if (fields[0] !== name) return undefined;
    const wanted = fields.map((field, index) => {
      if (index === 4 && gecos !== undefined) return encodeField(gecos);
      return index === 6 && shell !== undefined ? encodeField(shell) : field;
    });
    return isSame(wanted, fields) ? undefined : wanted;
  });
  if (groups === undefined) return { ...files, passwd };
  const wanted = new Set(groups);
  return {
    ...files,
    passwd,
    group: mapAccounts('group', files.group, (fields) => withMember(fields, name, wanted)),
    gshadow: mapAccounts('gshadow', files.gshadow, (fields) => withMember(fields, name, wanted)),
  };
}

/** In group(5) and gshadow(5) alike the members are the fourth field. */
function withMember(
  fields: readonly string[],
  name: string,
  wanted: ReadonlySet<string>,
): readonly string[] | undefined {
  const members = (fields[3] ?? '').split(',').filter((member) => member !== '');
  const isMember = members.includes(name);
  // His own is his anyway.
  if (fields[0] === name || isMember === wanted.has(fields[0] ?? '')) return undefined;
  const changed = isMember ? members.filter((member) => member !== name) : [...members, name];
  return [...fields.slice(0, 3), changed.join(',')];
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.every((each, index) => each === b[index]);
}
