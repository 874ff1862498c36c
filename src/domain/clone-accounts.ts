import {
  type AccountFileName,
  type AccountFiles,
  dropAccount,
  listAccounts,
  mapAccounts,
} from './account-lines.ts';
import { mergeAccounts } from './merge-accounts.ts';
import { parseId } from './parse-passwd.ts';
import { isSystemId } from './system-ids.ts';

export interface AccountsToClone {
  readonly source: AccountFiles;
  /** What a new domain would have: of these come the system's that the source lacks. */
  readonly planned: AccountFiles;
  /** A number in the new domain; undefined when it is none of the source's. */
  readonly mapId: (id: number) => number | undefined;
  /** Nobody can log in with a password until a new one is set. */
  readonly withoutPasswords: boolean;
}

export interface ClonedAccounts {
  readonly files: AccountFiles;
  /** Names of users and groups whose numbers are somebody else's. */
  readonly leftOut: readonly string[];
}

/** The accounts of a domain for its clone, with other numbers. Lines that are no accounts stay byte for byte. */
export function cloneAccounts({ source, planned, mapId, withoutPasswords }: AccountsToClone): ClonedAccounts {
  const foreign = {
    passwd: listForeign('passwd', source.passwd, [2, 3], mapId),
    group: listForeign('group', source.group, [2], mapId),
  };
  const kept: AccountFiles = {
    passwd: mapIds('passwd', without('passwd', source.passwd, foreign.passwd), [2, 3], mapId),
    group: mapIds('group', without('group', source.group, foreign.group), [2], mapId),
    shadow: without('shadow', source.shadow, foreign.passwd),
    gshadow: without('gshadow', source.gshadow, foreign.group),
  };
  const merged = mergeAccounts(kept, systemOf(planned)).files;
  const files = withoutPasswords ? mapFiles(merged, lockPasswords) : merged;
  return { files, leftOut: [...new Set([...foreign.passwd, ...foreign.group])] };
}

type IdMap = AccountsToClone['mapId'];
type Places = readonly number[];

function listForeign(file: AccountFileName, text: string, places: Places, mapId: IdMap): readonly string[] {
  return listAccounts(file, text)
    .filter((fields) => places.some((place) => mapField(fields, place, mapId) === undefined))
    .map(([name = '']) => name);
}

function mapIds(file: AccountFileName, text: string, places: Places, mapId: IdMap): string {
  return mapAccounts(file, text, (fields) =>
    fields.map((field, place) => (places.includes(place) ? String(mapField(fields, place, mapId)) : field)),
  );
}

function mapField(fields: readonly string[], place: number, mapId: IdMap): number | undefined {
  const id = parseId(fields[place] ?? '');
  return id === undefined ? undefined : mapId(id);
}

function without(file: AccountFileName, text: string, names: readonly string[]): string {
  return names.reduce((rest, name) => dropAccount(file, rest, name), text);
}

function systemOf(planned: AccountFiles): AccountFiles {
  return mapFiles(planned, (file, text) => {
    if (file !== 'passwd' && file !== 'group') return text;
    const people = listAccounts(file, text).filter((fields) => !isSystemId(Number(fields[2])));
    return without(
      file,
      text,
      people.map(([name = '']) => name),
    );
  });
}

/**
 * The second field of every account becomes `!`; what only locked or closed it stays. An empty field, which lets anyone
 * in, counts as a password. In passwd and group `x` says that the password is in the shadow file.
 */
function lockPasswords(file: AccountFileName, text: string): string {
  const keeps = file === 'passwd' || file === 'group' ? /^(?:[!*]{1,2}|x)$/u : /^[!*]{1,2}$/u;
  return mapAccounts(file, text, (fields) =>
    keeps.test(fields[1] ?? '') || (file === 'group' && fields[1] === '') ? undefined : fields.with(1, '!'),
  );
}

function mapFiles(
  files: AccountFiles,
  change: (file: AccountFileName, text: string) => string,
): AccountFiles {
  return {
    passwd: change('passwd', files.passwd),
    group: change('group', files.group),
    shadow: change('shadow', files.shadow),
    gshadow: change('gshadow', files.gshadow),
  };
}
