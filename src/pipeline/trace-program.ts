import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { DomainName } from '../domain/domain-name.ts';
import { openTreesRoot } from '../engine/open-root.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { findPackageOwners } from '../host/find-package-owners.ts';
import { findProgram } from '../host/find-program.ts';
import { findVirtexec } from '../host/find-virtexec.ts';
import { readManifest } from '../host/read-manifest.ts';
import { readProgram } from '../host/read-program.ts';
import { runTraced } from '../host/run-traced.ts';
import { type Missed, TracedLookups } from '../host/traced-lookups.ts';
import { mergeEntries } from '../manifest/parse-manifest.ts';
import { type Entries, resolveInManifest } from '../manifest/resolve-in-manifest.ts';
import {
  decideLack,
  type HostCandidate,
  isOfPrograms,
  isTriedByAll,
  type Lack,
  withoutFoldersOfOthers,
} from '../plan/decide-lack.ts';
import { searchPath } from '../plan/find-commands.ts';
import { requireRoot } from './change-trees.ts';

export interface TraceRequest {
  readonly root: string;
  readonly domain: DomainName;
  readonly user: string | undefined;
  /** The program and its words. */
  readonly command: readonly string[];
  /** Where the program's standard output goes. */
  readonly out: 'standard output' | 'standard error';
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A file the program did not find and the host has. */
export interface TracedLack extends Lack {
  readonly package?: string | undefined;
  /** Why nobody may miss it: it was a step of a search, or something every program tries. */
  readonly minor?: 'found elsewhere' | 'tried by every program' | undefined;
}

export interface TraceReport {
  /** The program was started inside the tree. */
  readonly hasStarted: boolean;
  /** As it ended: one of both. When it was not started these are virtexec's. */
  readonly status: number | undefined;
  readonly signal: string | undefined;
  readonly lacks: readonly TracedLack[];
  /** Processes it left running, which nobody traces any more. */
  readonly leftRunning: number;
  /** Paths it looked for beyond those that could be kept. */
  readonly dropped: number;
}

/**
 * Runs a program in a domain's tree as virtexec does, with strace(1) of the host around it, and finds what it looked
 * for in vain that the host has. The program has our terminal. Throws NEEDS_ROOT, PROGRAM_MISSING where there is no
 * strace, and ROOT_UNSAFE.
 */
export async function traceProgram(request: TraceRequest): Promise<TraceReport> {
  const { root, domain, user, command, out, env } = request;
  requireRoot('enter a tree');
  const strace = findProgram('strace', env.PATH);
  if (strace === undefined) throw straceMissing();
  const place = realRoot(root);
  const options = ['--root', place, '--domain', domain, ...(user === undefined ? [] : ['--user', user])];
  let seen = new TracedLookups(`${place}/${domain}`, 0);
  const { status, signal } = await runTraced({
    strace,
    command: [...findVirtexec(), ...options, '--', ...command],
    env,
    out,
    onStart: (pid) => {
      seen = new TracedLookups(`${place}/${domain}`, pid);
    },
    onLine: (line) => seen.note(line),
  });
  const tree = await readManifest(root, domain);
  const entries: Entries = tree === undefined ? new Map() : mergeEntries(tree.manifest, tree.layer);
  return {
    hasStarted: seen.hasStarted,
    status,
    signal,
    lacks: findLacks(seen.missed, entries),
    leftRunning: seen.running.size,
    dropped: seen.dropped,
  };
}

/** The root without links: strace names folders so. */
function realRoot(path: string): string {
  using root = openTreesRoot(path, { make: false });
  return root.path;
}

function findLacks(missed: readonly Missed[], entries: Entries): readonly TracedLack[] {
  const lacks = new Map<string, TracedLack>();
  const reals: string[] = [];
  for (const miss of [...missed].sort((a, b) => rankOf(a.path) - rankOf(b.path))) {
    const candidate = inspectCandidate(lackedPath(miss, entries));
    if (candidate === undefined) continue;
    // On a merged /usr one file has two paths.
    const key = `${candidate.real} ${basename(candidate.path)}`;
    if (lacks.has(key)) continue;
    lacks.set(key, { ...decideLack(candidate), minor: whyMinor(miss) });
    reals.push(candidate.real);
  }
  const owners = findPackageOwners(reals);
  const owned = [...lacks.values()].map(
    (lack, index): TracedLack => ({ ...lack, package: owners.get(reals[index] ?? '') }),
  );
  return withoutFoldersOfOthers(owned).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function whyMinor({ path, foundElsewhere }: Missed): TracedLack['minor'] {
  if (isTriedByAll(path)) return 'tried by every program';
  return foundElsewhere ? 'found elsewhere' : undefined;
}

/** The path a profile would name comes first. */
function rankOf(path: string): number {
  const at = (searchPath as readonly string[]).indexOf(dirname(path));
  return at === -1 ? searchPath.length : at;
}

/**
 * The path that is lacking. The kernel says of a program that is there that it is not when what it is run by is
 * missing; undefined when nothing is lacking now: it came since, or was the tree's own at another time.
 */
function lackedPath({ path, toRun }: Missed, entries: Entries): string | undefined {
  if (!isInTree(path, entries)) return path;
  if (!toRun) return undefined;
  const interpreter = interpreterOf(path);
  return interpreter === undefined || isInTree(interpreter, entries) ? undefined : interpreter;
}

function isInTree(path: string, entries: Entries): boolean {
  const place = resolveInManifest(entries, path, 'follow');
  return place !== undefined && entries.has(place);
}

function interpreterOf(path: string): string | undefined {
  const real = realPathOf(path);
  const facts = real === undefined ? undefined : readProgram(real);
  return facts?.kind === 'script' || facts?.kind === 'elf' ? facts.interpreter : undefined;
}

function inspectCandidate(path: string | undefined): HostCandidate | undefined {
  if (path === undefined || !isOfPrograms(path)) return undefined;
  const real = realPathOf(path);
  const stats = real === undefined ? undefined : lstatSync(real, { throwIfNoEntry: false });
  if (real === undefined || stats === undefined) return undefined;
  const isProgram = stats.isFile() && (stats.mode & 0o111) !== 0;
  return { path, real, type: typeOf(stats), isProgram };
}

function typeOf(stats: Stats): HostCandidate['type'] {
  if (stats.isDirectory()) return 'dir';
  return stats.isFile() ? 'file' : 'other';
}

/** `path` of the host without links; undefined where it leads nowhere. */
function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EACCES'].some((code) => isErrno(error, code)))
      return undefined;
    throw error;
  }
}

function straceMissing(): VirtfsError {
  return new VirtfsError('PROGRAM_MISSING', {
    what: 'cannot trace a program',
    why: 'this host has no strace, which watches the calls of a program',
    mend: 'apt-get install strace - or dnf install strace',
  });
}
