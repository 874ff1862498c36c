import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseProfile } from '../domain/parse-profile.ts';
import type { Profile } from '../domain/profile.ts';
import type { Settings } from '../domain/settings.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { findInstallRoot } from './find-install-root.ts';
import { readConfigFile } from './read-config-file.ts';
import { readToml } from './read-toml.ts';

export interface KnownProfile {
  readonly profile: Profile;
  /** The file it was read from. */
  readonly file: string;
  readonly builtIn: boolean;
}

/**
 * Every profile there is, by name, sorted: the built-in ones, and the administrator's, which take the place of a
 * built-in one of the same name. Throws BAD_PROFILE or BAD_CONFIG that names the file.
 */
export async function readProfiles(settings: Settings): Promise<ReadonlyMap<string, KnownProfile>> {
  const builtIn = join(findInstallRoot(), 'templates', 'profiles');
  const files = new Map<string, Omit<KnownProfile, 'profile'> & { readonly text: string }>();
  for (const file of listToml(builtIn)) {
    files.set(basename(file, '.toml'), { file, builtIn: true, text: readFileSync(file, 'utf8') });
  }
  for (const file of listToml(settings.profilesDir)) {
    const text = readConfigFile(file);
    if (text !== undefined) files.set(basename(file, '.toml'), { file, builtIn: false, text });
  }
  const known = new Map<string, KnownProfile>();
  for (const [name, { file, builtIn: isBuiltIn, text }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    known.set(name, { profile: parseProfile(name, await readToml(text, file)), file, builtIn: isBuiltIn });
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
