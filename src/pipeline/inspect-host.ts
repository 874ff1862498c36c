import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../domain/settings.ts';
import { findGlobs } from '../host/find-globs.ts';
import { parseHostCache } from '../host/host-cache.ts';
import { listPackageFiles } from '../host/list-package-files.ts';
import { Host } from '../host/open-host.ts';
import { readProfiles } from '../host/read-profiles.ts';
import { readTemplates } from '../host/read-templates.ts';
import type { TreeFacts } from '../plan/plan-tree.ts';
import { resolveProfile } from '../plan/resolve-profile.ts';

/** The facts of planning, with the host they were read from. */
export interface Inspection extends TreeFacts {
  readonly host: Host;
}

/**
 * Reads profiles, templates and what the profiles name on this host. `cache` is what is known of host files from
 * earlier calls. Throws UNKNOWN_PROFILE, BAD_PROFILE, PACKAGE_MISSING.
 */
export async function inspectHost(
  settings: Settings,
  profiles: readonly string[],
  otherDomains: readonly string[],
): Promise<Inspection> {
  const known = await readProfiles(settings);
  const profile = resolveProfile(profiles, (name) => known.get(name)?.profile, [...known.keys()]);
  const [packageFiles, globbed] = await Promise.all([
    listPackageFiles(profile.packages),
    findGlobs(profile.files, profile.exclude),
  ]);
  const host = new Host(parseHostCache(readCacheText(settings.root)));
  const templates = readTemplates(settings);
  return {
    host,
    profile,
    templates,
    packageFiles,
    globbed,
    logSocket: findLogSocket(settings.root),
    otherDomains,
  };
}

function readCacheText(root: string): string {
  try {
    return readFileSync(join(root, '.virtfs', 'cache', 'host.json'), 'utf8');
  } catch {
    // Not there yet, or not ours to read without root: the host is read anew.
    return '';
  }
}

function findLogSocket(root: string): string | undefined {
  const path = join(root, 'log');
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() ? path : undefined;
}
