import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../domain/settings.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { findInstallRoot } from './find-install-root.ts';
import { readConfigFile } from './read-config-file.ts';

interface FolderOfTemplates {
  readonly texts: ReadonlyMap<string, string>;
  /** Names of those that are the administrator's. */
  readonly site: ReadonlySet<string>;
}

export interface FoundTemplates extends FolderOfTemplates {
  /** Those that only trees get whose profile names them. */
  readonly ofProfiles: FolderOfTemplates;
}

/**
 * The text of every file under `templates/etc` and `templates/profile-etc`, by its name relative to that folder
 * (`pam.d/common-auth`); a file of the same name in the administrator's `etc` or `profile-etc` stands in its place, and
 * new names there are added. Throws BAD_CONFIG for one of the administrator's that others may write.
 */
export function readTemplates(settings: Settings): FoundTemplates {
  const ofProfiles = readFolder('profile-etc', join(settings.configDir, 'profile-etc'));
  return { ...readFolder('etc', settings.etcDir), ofProfiles };
}

function readFolder(name: string, siteFolder: string): FolderOfTemplates {
  const builtIn = join(findInstallRoot(), 'templates', name);
  const texts = new Map(listFiles(builtIn).map((name) => [name, readFileSync(join(builtIn, name), 'utf8')]));
  const site = new Set<string>();
  for (const name of listFiles(siteFolder)) {
    const text = readConfigFile(join(siteFolder, name));
    if (text === undefined) continue;
    texts.set(name, text);
    site.add(name);
  }
  return { texts, site };
}

/** Relative names of the files below `folder`, editors' leavings not counted; empty when it is not there. */
function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && !/~$|\.(?:bak|orig|swp|dpkg-.*|rpm.*)$/u.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw explainErrno(error, `cannot list ${folder}`);
  }
}
