import { type AccountFileName, type AccountFiles, listAccounts, putAccount } from './account-lines.ts';
import { parseId } from './parse-passwd.ts';

export interface MergedAccounts {
  readonly files: AccountFiles;
  /** Names of the users and groups that came new. */
  readonly added: readonly string[];
  /** Sentences: accounts left out because the tree has given their number to somebody else. */
  readonly conflicts: readonly string[];
}

/**
 * The accounts of a tree with those of `planned` whose names it lacks. What it has stays byte for byte, whatever the
 * plan says of the same name. An account that someone removed on purpose comes back: plan only what is new.
 */
export function mergeAccounts(current: AccountFiles, planned: AccountFiles): MergedAccounts {
  const users = decideAdditions('passwd', current.passwd, planned.passwd);
  const groups = decideAdditions('group', current.group, planned.group);
  const passwd = append('passwd', current.passwd, users.fields);
  const group = append('group', current.group, groups.fields);
  const files: AccountFiles = {
    passwd,
    group,
    shadow: append(
      'shadow',
      current.shadow,
      companions('shadow', planned, current, shadowed('passwd', passwd)),
    ),
    gshadow: append(
      'gshadow',
      current.gshadow,
      companions('gshadow', planned, current, shadowed('group', group)),
    ),
  };
  return {
    files,
    added: [...new Set([...users.names, ...groups.names])],
    conflicts: [...users.conflicts, ...groups.conflicts],
  };
}

type Fields = readonly string[];

interface Additions {
  readonly fields: readonly Fields[];
  readonly names: readonly string[];
  readonly conflicts: readonly string[];
}

/** The number is the third field of both files. */
function decideAdditions(file: 'passwd' | 'group', current: string, planned: string): Additions {
  const there = listAccounts(file, current);
  const names = new Set(there.map(([name]) => name));
  const holders = new Map(there.map((fields) => [parseId(fields[2] ?? ''), fields[0] ?? '']));
  const missing = listAccounts(file, planned).filter(([name]) => !names.has(name));
  const isFree = (fields: Fields) => !holders.has(parseId(fields[2] ?? ''));
  const kind = file === 'passwd' ? 'user' : 'group';
  const conflicts = missing
    .filter((fields) => !isFree(fields))
    .map((fields) => {
      const holder = holders.get(parseId(fields[2] ?? ''));
      return `the ${kind} ${fields[0]} is left out: its number ${fields[2]} is ${holder}'s in this tree`;
    });
  const fields = missing.filter(isFree);
  return { fields, names: fields.map(([name]) => name ?? ''), conflicts };
}

/** Lines for accounts that have none: new ones, and those of an earlier call that was killed between two files. */
function companions(
  file: 'shadow' | 'gshadow',
  planned: AccountFiles,
  current: AccountFiles,
  names: ReadonlySet<string>,
): readonly Fields[] {
  const there = new Set(listAccounts(file, current[file]).map(([name]) => name));
  return listAccounts(file, planned[file]).filter(([name = '']) => names.has(name) && !there.has(name));
}

/** The names whose password field says that it is elsewhere. */
function shadowed(file: 'passwd' | 'group', text: string): ReadonlySet<string> {
  return new Set(
    listAccounts(file, text).flatMap(([name = '', password]) => (password === 'x' ? [name] : [])),
  );
}

function append(file: AccountFileName, text: string, lines: readonly Fields[]): string {
  return lines.reduce((all, fields) => putAccount(file, all, fields), text);
}
