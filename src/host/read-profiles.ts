import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Profile } from '../domain/profile.ts';
import type { Settings } from '../domain/settings.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { findInstallRoot } from './find-install-root.ts';
import { readConfigFile } from './read-config-file.ts';

export interface KnownProfile {
  readonly profile: Profile;
  /** The file it was read from. */
  readonly file: string;
  readonly builtIn: boolean;
}

/** A profile as text, not yet read as TOML. */
export interface ProfileText {
  readonly text: string;
  readonly file: string;
  readonly builtIn: boolean;
}

/**
 * Every profile there is, by name, sorted: the built-in ones, and the administrator's, which take the place of a
 * built-in one of the same name. Throws BAD_PROFILE or BAD_CONFIG that names the file.
 */
export async function readProfiles(settings: Settings): Promise<ReadonlyMap<string, KnownProfile>> {
  return await parseProfiles(readProfileTexts(settings));
}

/** The texts of all profiles by name, sorted. Throws BAD_CONFIG for one that others may write. */
export function readProfileTexts(settings: Settings): ReadonlyMap<string, ProfileText> {
  const builtIn = join(findInstallRoot(), 'templates', 'profiles');
  const texts = new Map<string, ProfileText>();
  for (const file of listToml(builtIn)) {
    texts.set(basename(file, '.toml'), { file, builtIn: true, text: readFileSync(file, 'utf8') });
  }
  for (const file of listToml(settings.profilesDir)) {
    const text = readConfigFile(file);
    if (text !== undefined) texts.set(basename(file, '.toml'), { file, builtIn: false, text });
  }
  return new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The profiles `names`, and what they extend by any way; a name that no text has is left out. Throws BAD_PROFILE. */
export async function parseProfiles(
  texts: ReadonlyMap<string, ProfileText>,
  names: Iterable<string> = texts.keys(),
): Promise<ReadonlyMap<string, KnownProfile>> {
  const [{ parseProfile }, { readToml }] = await Promise.all([
    import('../domain/parse-profile.ts'),
    import('./read-toml.ts'),
  ]);
  const known = new Map<string, KnownProfile>();
  const todo = new Set(names);
  for (const name of todo) {
    const found = texts.get(name);
    if (found === undefined) continue;
    const { text, file, builtIn } = found;
    const profile = parseProfile(name, await readToml(text, file));
    known.set(name, { profile, file, builtIn });
    // A set goes on with what is added meanwhile.
    for (const base of profile.extends) todo.add(base);
  }
  return known;
}

function listToml(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.toml') && !name.startsWith('.'))
      .map((name) => join(folder, name));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw explainErrno(error, `cannot list ${folder}`);
  }
}
