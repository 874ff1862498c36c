import { type AccountFiles, decodeField, listAccounts } from './account-lines.ts';
import { parseId } from './parse-passwd.ts';
import type { UidRange } from './record.ts';
import { isSystemId } from './system-ids.ts';

/** A user whose id is one of the domain's own. All text is the tree's. */
export interface PresentUser {
  readonly name: string;
  readonly uid: number;
  readonly fullName: string;
  readonly shell: string;
  readonly home: string;
  /** Supplementary groups, but for one of his own name. */
  readonly groups: readonly string[];
  /** The field of shadow(5). */
  readonly passwordHash: string;
}

export interface PresentGroup {
  readonly gid: number;
  /** `own`: an id of the domain. `system`: one of the system's but root's. `foreign`: anything else. */
  readonly kind: 'own' | 'system' | 'foreign';
  /** Somebody has it for his primary group. */
  readonly isPrimary: boolean;
  readonly members: readonly string[];
  /** A command can be given the name. */
  readonly isPlain: boolean;
}

/** Who is in a tree. */
export interface TreeAccounts {
  readonly uids: UidRange;
  readonly people: readonly PresentUser[];
  /** People whose names no command can be given: they are left alone. */
  readonly oddNames: readonly string[];
  /** All names in passwd, those of the system too. */
  readonly userNames: ReadonlySet<string>;
  readonly groups: ReadonlyMap<string, PresentGroup>;
  /** All numbers of users and groups. */
  readonly ids: ReadonlySet<number>;
  /** Names that shadow knows and passwd does not: what an interrupted removal leaves. */
  readonly leftovers: readonly string[];
  /** The shell the domain's people get when the tree is made. */
  readonly shell: string;
}

/**
 * Who is in a tree, from its four files. Each line is looked at once: whoever is root in there can make them very long.
 * `shell` is what the domain's people get when the tree is made.
 */
export function listTreeAccounts(files: AccountFiles, uids: UidRange, shell: string): TreeAccounts {
  const lines = firstOfEach(listAccounts('passwd', files.passwd));
  const shadow = firstOfEach(listAccounts('shadow', files.shadow));
  const groupLines = firstOfEach(listAccounts('group', files.group));
  const joined = listMemberships(groupLines);
  const isOwn = (id: number | undefined) => id !== undefined && isIn(uids, id);
  const own = [...lines].filter(
    ([, line]) => isOwn(parseId(line[2] ?? '')) && parseId(line[3] ?? '') !== undefined,
  );
  const people = own
    .filter(([name]) => isPlain(name))
    .map(
      ([name, [, field = '', uid = '', , gecos = '', home = '', userShell = '']]): PresentUser => ({
        name,
        uid: Number(uid),
        fullName: decodeField(gecos),
        shell: decodeField(userShell),
        home: decodeField(home),
        groups: (joined.get(name) ?? []).filter((group) => group !== name),
        passwordHash: field === 'x' ? (shadow.get(name)?.[1] ?? '!') : field,
      }),
    );
  const userIds = [...lines.values()].flatMap((line) => idsOf([line[2], line[3]]));
  return {
    uids,
    people,
    oddNames: own.filter(([name]) => !isPlain(name)).map(([name]) => decodeField(name)),
    userNames: new Set([...lines.keys()].map(decodeField)),
    groups: listGroups(groupLines, new Set(userIds), uids),
    ids: new Set([...userIds, ...[...groupLines.values()].flatMap((line) => idsOf([line[2]]))]),
    leftovers: [...shadow.keys()].filter((name) => !lines.has(name) && isPlain(name)),
    shell,
  };
}

type Lines = ReadonlyMap<string, readonly string[]>;

/** Of several lines of one name the first counts, as in getpwnam(3). */
function firstOfEach(lines: readonly (readonly string[])[]): Lines {
  const found = new Map<string, readonly string[]>();
  for (const line of lines) if (!found.has(line[0] ?? '')) found.set(line[0] ?? '', line);
  return found;
}

function listMemberships(groups: Lines): ReadonlyMap<string, readonly string[]> {
  const joined = new Map<string, string[]>();
  for (const [group, [, , , members = '']] of groups) {
    for (const member of new Set(members.split(','))) {
      const list = joined.get(member);
      if (list === undefined) joined.set(member, [decodeField(group)]);
      else list.push(decodeField(group));
    }
  }
  return joined;
}

function listGroups(
  lines: Lines,
  primary: ReadonlySet<number>,
  uids: UidRange,
): ReadonlyMap<string, PresentGroup> {
  const groups = new Map<string, PresentGroup>();
  for (const [name, [, , gidText, memberText = '']] of lines) {
    const [gid] = idsOf([gidText]);
    if (gid === undefined) continue;
    const kind = isIn(uids, gid) ? 'own' : gid !== 0 && isSystemId(gid) ? 'system' : 'foreign';
    const members = memberText === '' ? [] : memberText.split(',').map(decodeField);
    groups.set(decodeField(name), {
      gid,
      kind,
      isPrimary: primary.has(gid),
      members,
      isPlain: isPlain(name),
    });
  }
  return groups;
}

/** What `parseKnownUserName` takes, in ASCII. */
function isPlain(name: string): boolean {
  return /^[!-~]{1,256}$/u.test(name) && !/^[#+-]|[/:]/u.test(name);
}

function isIn({ first, count }: UidRange, id: number): boolean {
  return id >= first && id < first + count;
}

function idsOf(texts: readonly (string | undefined)[]): readonly number[] {
  return texts.flatMap((text) => parseId(text ?? '') ?? []);
}
