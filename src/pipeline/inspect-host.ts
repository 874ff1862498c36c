import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../domain/settings.ts';
import { type HostCache, identityOf, nameHostCache, parseHostCache } from '../host/host-cache.ts';
import { Host } from '../host/open-host.ts';
import { type ProfileText, parseProfiles, readProfileTexts } from '../host/read-profiles.ts';
import { type FoundTemplates, readTemplates } from '../host/read-templates.ts';
import { sha256 } from '../linux/sha256.ts';
import { joinTemplates } from '../plan/join-templates.ts';
import type { TreeFacts } from '../plan/plan-tree.ts';
import { resolveProfile } from '../plan/resolve-profile.ts';
import { type KnownLayer, nameKnownLayer, parseKnownLayer } from './known-layer.ts';

/** The facts of planning, with the host they were read from. */
export interface Inspection extends TreeFacts {
  readonly host: Host;
  /** What a layer planned from these facts is known by: see `KnownLayer`. */
  readonly key: string;
  /** The layer of an earlier call, when the host still answers as it did then. */
  readonly known: KnownLayer | undefined;
  /** What packages and patterns come to is among the host's answers too: then these tell of every change. */
  readonly answersTellAll: boolean;
}

/** What the administrator wrote, and what is beside the trees: all that a plan depends on but the host's own files. */
export interface HostTexts {
  readonly profiles: ReadonlyMap<string, ProfileText>;
  readonly templates: FoundTemplates;
  readonly key: string;
  readonly logSocket: string | undefined;
}

export function readHostTexts(settings: Settings): HostTexts {
  const profiles = readProfileTexts(settings);
  const templates = readTemplates(settings);
  return {
    profiles,
    templates,
    key: nameFacts(profiles, templates),
    logSocket: findLogSocket(settings.root),
  };
}

/** The text of the layer that was planned last for these profiles; '' when there is none. */
export function readKnownLayer(root: string, profiles: readonly string[]): string {
  return readIfMay(join(root, '.virtfs', 'cache', nameKnownLayer(profiles)));
}

/**
 * Reads profiles, templates and what the profiles name on this host, and what earlier calls learnt of it.
 * Throws UNKNOWN_PROFILE, BAD_PROFILE, BAD_CONFIG, PACKAGE_MISSING.
 */
export async function inspectHost(
  settings: Settings,
  profiles: readonly string[],
  otherDomains: readonly string[],
  given: HostTexts = readHostTexts(settings),
): Promise<Inspection> {
  const { templates, key, logSocket } = given;
  const known = parseKnownLayer(readKnownLayer(settings.root, profiles), key);
  if (known !== undefined) {
    const host = new Host(new Map());
    if (host.stillAnswers(known.answers)) {
      const { profile } = known;
      const joined = joinTemplates(templates, profile);
      const common = { templates: joined, key, logSocket, otherDomains, answersTellAll: true };
      return { ...common, host, profile, packageFiles: new Map(), globbed: new Map(), known };
    }
  }
  return inspectAnew(settings, profiles, otherDomains, given);
}

/** The same without asking what an earlier call planned: to plan a layer. */
export async function inspectAnew(
  settings: Settings,
  profiles: readonly string[],
  otherDomains: readonly string[],
  given: HostTexts,
): Promise<Inspection> {
  const { templates, key, logSocket } = given;
  // A profile that nobody asked for may be broken.
  const asked = await parseProfiles(given.profiles, profiles);
  const profile = resolveProfile(profiles, (name) => asked.get(name)?.profile, [...given.profiles.keys()]);
  const [{ inspectPackageLists, listPackageFiles }, { findGlobs }, { inspectGlobs }] = await Promise.all([
    import('../host/list-package-files.ts'),
    import('../host/find-globs.ts'),
    import('../plan/inspect-globs.ts'),
  ]);
  const host = new Host(readHostCache(join(settings.root, '.virtfs', 'cache'), profiles));
  const [packageFiles, globbed] = await Promise.all([
    listPackageFiles(profile.packages),
    findGlobs(profile.files, profile.exclude),
  ]);
  const answersTellAll = inspectPackageLists(profile.packages, host) && inspectGlobs(globbed.keys(), host);
  const joined = joinTemplates(templates, profile);
  const common = { templates: joined, key, logSocket, otherDomains, answersTellAll };
  return { ...common, host, profile, packageFiles, globbed, known: undefined };
}

/** This program, and every text a plan depends on. */
function nameFacts(profiles: ReadonlyMap<string, ProfileText>, templates: FoundTemplates): string {
  const program = identityOf(lstatSync(import.meta.filename));
  const profileTexts = [...profiles].map(([name, { text }]) => [name, text]);
  const folders = [templates, templates.ofProfiles].map(({ texts, site }) => [[...texts], [...site]]);
  return sha256(JSON.stringify([program, profileTexts, folders]));
}

/** What was learnt for these profiles; where that is nothing yet, what was learnt for any others. */
function readHostCache(folder: string, profiles: readonly string[]): HostCache {
  const own = readIfMay(join(folder, nameHostCache(profiles)));
  return own === '' ? readHostCaches(folder) : parseHostCache(own);
}

/** What was learnt of the host for any profiles. */
export function readHostCaches(folder: string): HostCache {
  const others = listNames(folder).filter((name) => name.startsWith('host.'));
  return new Map(others.flatMap((name) => [...parseHostCache(readIfMay(join(folder, name)))]));
}

function readIfMay(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there yet, or not ours to read without root: the host is read anew.
    return '';
  }
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // As above.
    return [];
  }
}

function findLogSocket(root: string): string | undefined {
  const path = join(root, 'log');
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() ? path : undefined;
}
