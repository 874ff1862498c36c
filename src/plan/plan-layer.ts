import { planClosure } from '../closure/plan-closure.ts';
import { planLdCache } from '../closure/plan-ld-cache.ts';
import { type CacheMachine, renderLdCache } from '../closure/render-ld-cache.ts';
import type { Accounts } from '../domain/account.ts';
import type { HostView } from '../domain/host-view.ts';
import { rootOwner } from '../domain/owner.ts';
import type { Profile } from '../domain/profile.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { Entry, FileEntry } from '../manifest/entry.ts';
import type { Section } from '../manifest/plan.ts';
import { treePath } from '../manifest/tree-path.ts';
import { findOwner } from './choose-accounts.ts';
import { decideDenied } from './decide-denied.ts';
import { findCommands, searchPath } from './find-commands.ts';
import { parsePathGlob } from './parse-path-glob.ts';
import { type Placed, Placer } from './placer.ts';
import { planDevices } from './plan-devices.ts';
import { planSkeleton } from './plan-skeleton.ts';

/** What planning a layer needs besides the host itself. */
export interface LayerRequest {
  /** Resolved: nothing left to extend. */
  readonly profile: Profile;
  readonly host: HostView;
  /** The files of each package the profile names. */
  readonly packageFiles: ReadonlyMap<string, readonly string[]>;
  /** The host paths each glob pattern of the profile matches, what it excludes left out. */
  readonly globbed: ReadonlyMap<string, readonly string[]>;
  /** Host paths of the PAM modules that the tree's pam.d names. */
  readonly pamModules: readonly string[];
}

export interface PlannedLayer {
  /** The sections, once it is known which numbers the tree's groups have. */
  readonly sections: (system: Accounts) => Section[];
  readonly notices: readonly string[];
  /** Whether the tree has something at this absolute path. */
  readonly inTree: (path: string) => boolean;
}

/**
 * Plans what every domain of one profile shares: folders, programs with all they need, devices.
 * Throws COMMAND_MISSING naming all commands this host lacks, and LIBRARY_MISSING naming all libraries.
 */
export function planLayer(request: LayerRequest): PlannedLayer {
  const { profile, host } = request;
  const notices = new Notices();
  const excludes = profile.exclude.map(parsePathGlob);
  const placer = new Placer({
    host,
    excluded: (path) => excludes.some((matches) => matches(path)),
    denied: (path) => decideDenied(path, profile),
    setid: new Set(profile.setid),
  });

  const commands = findCommands(profile, host);
  if (commands.missing.length > 0) throw commandsMissing(commands.missing, profile);
  if (commands.leftOut.length > 0)
    notices.add(`not on this host, so not in the tree: ${commands.leftOut.join(' ')}`);

  for (const dir of ['/bin', '/sbin', '/lib', '/lib64']) placer.place(dir, 'a folder programs expect');
  const programs = new Set<string>();
  for (const { path, why, asked } of commands.found) {
    const placed = placer.place(path, why, asked);
    notices.skipped(path, placed);
    if (placed.type === 'placed') programs.add(placed.real);
  }
  for (const path of request.pamModules)
    notices.skipped(path, placer.place(path, 'a module the tree’s PAM names'));
  placeFiles(request, placer, notices);

  const needs = placeClosure(request, placer, programs, notices);
  const entries = withNeeds(placer.entries(), needs);
  return {
    sections: (system) => sectionsOf(request, entries, system),
    notices: notices.list(),
    inTree: (path) => placer.leadsToEntry(path),
  };
}

function placeFiles(
  { profile, packageFiles, globbed, host }: LayerRequest,
  placer: Placer,
  notices: Notices,
): void {
  for (const [name, paths] of packageFiles) {
    // Systems that keep no manuals have packages with files that are not there.
    for (const path of paths.filter((each) => host.lstat(each) !== undefined)) {
      notices.skipped(path, placer.place(path, `a file of the package ${name}`, 'as one of many'));
    }
  }
  for (const pattern of [...profile.files, ...profile.optionalFiles]) {
    const why = `asked for by the profile ${profile.name} (${pattern})`;
    for (const path of globbed.get(pattern) ?? [pattern]) {
      if (host.lstat(path) === undefined && profile.optionalFiles.includes(pattern)) continue;
      placer.placeAll(path, why, (placed) => notices.skipped(path, placed));
    }
  }
}

/** Places all that the planned files need; returns who needs what, by host path. */
function placeClosure(
  { profile, host }: LayerRequest,
  placer: Placer,
  programs: ReadonlySet<string>,
  notices: Notices,
): ReadonlyMap<string, readonly string[]> {
  const roots = placer
    .entries()
    .filter((entry) => entry.type === 'file')
    .map((entry) => ({ path: `/${entry.path}`, why: entry.why }));
  const wholeHost = profile.commands.includes('*');
  const closure = planClosure(roots, host, { searchPath, missing: wholeHost ? 'report' : 'throw' });
  for (const { path, why } of closure.files) notices.skipped(path, placer.place(path, why));
  // Not of libraries and modules: those of a program that brings its own are found when it runs.
  const broken = closure.broken.filter(({ path }) => programs.has(path));
  if (broken.length > 0) {
    const few = broken.slice(0, 3).map(({ path, why }) => `${escapeLines(path)} (${escapeLines(why)})`);
    const more = broken.length > few.length ? ` and ${broken.length - few.length} more` : '';
    notices.add(`do not work on the host either: ${few.join(', ')}${more}`);
  }
  return closure.needs;
}

function withNeeds(entries: readonly Entry[], needs: ReadonlyMap<string, readonly string[]>): Entry[] {
  return entries.map((entry) => {
    const wanted = needs.get(`/${entry.path}`);
    if (entry.type !== 'file' || wanted === undefined || wanted.length === 0) return entry;
    return { ...entry, needs: wanted.map((path) => treePath(path.slice(1))) } satisfies FileEntry;
  });
}

function sectionsOf({ profile, host }: LayerRequest, entries: readonly Entry[], system: Accounts): Section[] {
  const placed = new Set<string>(entries.map(({ path }) => path));
  // What the host has as a link (usr/sbin on some) is no folder here either.
  const skeleton = planSkeleton({ mailGid: gidOf(system, 'mail'), utmpGid: gidOf(system, 'utmp') });
  const dirs = entries.filter((entry) => entry.type === 'dir');
  const files = entries.filter((entry) => entry.type !== 'dir');
  return [
    { name: 'directories', entries: [...dirs, ...skeleton.filter(({ path }) => !placed.has(path))] },
    { name: 'programs', entries: [...files, ...planLoaderCache(entries, host)] },
    { name: 'devices', entries: planDevices({ names: profile.devices, ttyGid: gidOf(system, 'tty') }) },
  ];
}

function gidOf(system: Accounts, group: string): number {
  return findOwner(system, 'root', group).gid;
}

/** etc/ld.so.cache of the tree: ldconfig is not run, neither the host's nor the tree's. */
function planLoaderCache(entries: readonly Entry[], host: HostView): Entry[] {
  const machine = machineOf(entries, host);
  if (machine === undefined) return [];
  const paths = entries
    .filter(({ type }) => type === 'file' || type === 'symlink')
    .map(({ path }) => `/${path}`);
  const bytes = renderLdCache(planLdCache(paths, host, machine), machine);
  const why = 'where the dynamic loader finds libraries: ld.so(8)';
  return [
    {
      type: 'file',
      path: treePath('etc/ld.so.cache'),
      mode: 0o644,
      owner: rootOwner,
      source: { bytes },
      shared: false,
      why,
    },
  ];
}

function machineOf(entries: readonly Entry[], host: HostView): CacheMachine | undefined {
  for (const entry of entries) {
    const facts = entry.type === 'file' ? host.program(`/${entry.path}`) : undefined;
    if (facts?.kind === 'elf' && facts.bits === 64 && (facts.machine === 62 || facts.machine === 183))
      return facts.machine;
  }
  return undefined;
}

function commandsMissing(names: readonly string[], { name, install }: Profile): VirtfsError {
  const shown = names.map(escapeLines).join(', ');
  const packages = new Set(names.flatMap((each) => (Object.hasOwn(install, each) ? [install[each]] : [])));
  const unknown = names.find((each) => !Object.hasOwn(install, each));
  const search = `apt-file search bin/${unknown ?? 'NAME'}`;
  const how = packages.size === 0 ? search : `apt-get install ${[...packages].join(' ')}`;
  return new VirtfsError('COMMAND_MISSING', {
    what: `cannot make a tree with the profile ${name}`,
    why: `this host has no ${shown}`,
    mend: `install what holds them (${how}), or list them under optional-commands in the profile`,
  });
}

const mostShown = 5;

/** Sentences for the administrator, what was left out gathered under its reason. */
class Notices {
  readonly #sentences: string[] = [];
  readonly #skipped = new Map<string, string[]>();

  add(sentence: string): void {
    this.#sentences.push(sentence);
  }

  skipped(asked: string, placed: Placed): void {
    if (placed.type === 'placed') return;
    const why = placed.type === 'missing' ? 'a link of the host leads nowhere' : placed.why;
    const paths = this.#skipped.get(why) ?? [];
    if (!paths.includes(asked)) paths.push(asked);
    this.#skipped.set(why, paths);
  }

  list(): string[] {
    const gathered = [...this.#skipped].map(([why, paths]) => {
      const few = paths.slice(0, mostShown).map(escapeLines).join(' ');
      const more = paths.length > mostShown ? ` and ${paths.length - mostShown} more` : '';
      return `left out (${why}): ${few}${more}`;
    });
    return [...this.#sentences, ...gathered];
  }
}
