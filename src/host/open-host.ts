import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs';
import type { HostFile, HostView } from '../domain/host-view.ts';
import type { ProgramFacts } from '../domain/program-facts.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { sha256 } from '../linux/sha256.ts';
import { type HostCache, identityOf, isSettled, type KnownFile } from './host-cache.ts';
import { readProgram } from './read-program.ts';

const mostText = 1 << 20;

/** Paths and the identity of what was found there. */
export type HostAnswers = readonly (readonly [path: string, identity: string])[];

/** Paths and what a plan was told of each, apart from the bytes of programs: see `Host.facts`. */
export type HostFacts = readonly (readonly [path: string, fact: string])[];

/** The host machine, read when asked and remembered: one plan sees one host, whatever changes meanwhile. */
export class Host implements HostView {
  /** What is known of files by reading them; `isChanged` tells whether there is more than before. */
  readonly cache: HostCache;
  readonly #now = Date.now();
  readonly #stats = new Map<string, Stats | undefined>();
  readonly #files = new Map<string, HostFile | undefined>();
  readonly #used = new Set<string>();
  readonly #lists = new Map<string, readonly string[]>();
  readonly #texts = new Map<string, string>();
  readonly #programs = new Set<string>();
  isChanged = false;

  constructor(cache: HostCache) {
    this.cache = cache;
  }

  lstat(path: string): HostFile | undefined {
    if (this.#files.has(path)) return this.#files.get(path);
    const stats = this.#lstat(path);
    const file = stats && describeFile(path, stats);
    this.#files.set(path, file);
    return file;
  }

  list(path: string): readonly string[] {
    const known = this.#lists.get(path);
    if (known !== undefined) return known;
    // Asked for the answers: a name more or less is a new time of the folder; of a link, of that which it leads to.
    const isLink = this.#lstat(path)?.isSymbolicLink() && !path.endsWith('/');
    const names = isLink ? this.list(`${path}/`) : listDir(path);
    this.#lists.set(path, names);
    return names;
  }

  text(path: string): string | undefined {
    const text = this.#readText(path);
    this.#texts.set(path, sha256(text ?? ''));
    return text;
  }

  #readText(path: string): string | undefined {
    try {
      const stats = this.#lstat(path);
      if (!stats?.isFile() || stats.size > mostText) return undefined;
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return undefined;
      throw error;
    }
  }

  program(path: string): ProgramFacts {
    this.#programs.add(path);
    const stats = this.#lstat(path);
    if (!stats?.isFile()) return { kind: 'data' };
    const known = this.known(path, stats);
    if (known.program !== undefined) return known.program;
    known.program = readProgram(path);
    this.#learnt(path, known, stats);
    return known.program;
  }

  /** The hash of a host file's bytes when it is known for the file as it was inspected. */
  sha256(path: string): string | undefined {
    const stats = this.#lstat(path);
    return stats && this.known(path, stats).sha256;
  }

  /** Notes the hash of a file that was just read whole. */
  learnSha256(path: string, sha256: string): void {
    const stats = this.#lstat(path);
    if (stats === undefined) return;
    const known = this.known(path, stats);
    known.sha256 = sha256;
    this.#learnt(path, known, stats);
  }

  /** True when `stats`, from the open file, are those of the file that was inspected. */
  isAsInspected(path: string, stats: Stats): boolean {
    const inspected = this.#lstat(path);
    return inspected !== undefined && identityOf(inspected) === identityOf(stats);
  }

  /**
   * What was asked about, in as few questions as will do: that there is nothing, or a link, cannot change without a new
   * time of the folder the name is in, so for those it is the folder that counts.
   */
  answers(): HostAnswers {
    const answers = new Map<string, string>();
    for (const [path, stats] of this.#stats) {
      const at = stats === undefined || stats.isSymbolicLink() ? folderOf(path) : path;
      if (!answers.has(at)) answers.set(at, identifyReal(at));
    }
    return [...answers];
  }

  /** True when nothing that was asked about changed so lately that it could change again unseen. */
  isSettled(): boolean {
    return [...this.#stats.values()].every((stats) => stats === undefined || isSettled(stats, this.#now));
  }

  /** True when the host would answer the same today. */
  stillAnswers(answers: HostAnswers): boolean {
    return answers.every(([path, identity]) => identifyReal(path) === identity);
  }

  /** The identity of each path as it is now; '' where there is nothing. */
  identify(paths: readonly string[]): HostAnswers {
    return paths.map((path) => [path, identifyReal(path)]);
  }

  /** The answers that are others today, as they are today. */
  changedAnswers(answers: HostAnswers): HostAnswers {
    return answers.flatMap(([path, identity]) => {
      const now = identifyReal(path);
      return now === identity ? [] : [[path, now] as const];
    });
  }

  /**
   * What a plan was told of each path it asked about: the type, mode and owner, where a link leads, the names in a
   * folder, the text of configuration, how a program is run and what it needs. A plan made from the same facts is the
   * same, whatever else of a program's bytes changed.
   */
  facts(): HostFacts {
    return [...this.#stats].map(([path]) => [path, this.#fact(path)]);
  }

  /**
   * True when the facts still hold that one of `changed`, answers that are others now, could have touched.
   * `answers` are those of the time the facts were noted.
   */
  stillHolds(facts: HostFacts, answers: HostAnswers, changed: ReadonlySet<string>): boolean {
    const asked = new Set(answers.map(([path]) => path));
    return facts.every(([path, fact]) => {
      const at = isOfFolder(fact) ? askedFolder(path, asked) : path;
      return !changed.has(at) || this.#factAsNoted(path, fact) === fact;
    });
  }

  /** Asks of `path` what was asked when `fact` was noted. */
  #factAsNoted(path: string, fact: string): string {
    if (fact.includes(' names ')) this.list(path);
    if (fact.includes(' text ')) this.text(path);
    if (fact.includes(' program ')) this.program(path);
    return this.#fact(path);
  }

  #fact(path: string): string {
    const file = this.lstat(path);
    if (file === undefined) return '';
    if (file.type === 'symlink') return `symlink ${file.target}`;
    const owned = `${file.type} ${file.mode} ${file.uid} ${file.gid}`;
    const names = this.#lists.get(path);
    if (names !== undefined) return `${owned} names ${sha256(names.join('\0'))}`;
    const empty = file.size === 0 ? ' empty' : '';
    const text = this.#texts.has(path) ? ` text ${this.#texts.get(path)}` : '';
    const program = this.#programs.has(path) ? ` program ${sha256(JSON.stringify(this.program(path)))}` : '';
    return owned + empty + text + program;
  }

  /** Of what is known, what was asked for. */
  usedCache(): HostCache {
    return new Map([...this.cache].filter(([path]) => this.#used.has(path)));
  }

  known(path: string, stats: Stats): KnownFile {
    this.#used.add(path);
    const identity = identityOf(stats);
    const known = this.#fresh.get(path) ?? this.cache.get(path);
    if (known?.identity === identity) return known;
    const fresh: KnownFile = { identity };
    this.#fresh.set(path, fresh);
    return fresh;
  }

  // Unsettled files are remembered for this run only.
  readonly #fresh = new Map<string, KnownFile>();

  #learnt(path: string, known: KnownFile, stats: Stats): void {
    if (!isSettled(stats, this.#now)) return;
    this.cache.set(path, known);
    this.isChanged = true;
  }

  #lstat(path: string): Stats | undefined {
    if (this.#stats.has(path)) return this.#stats.get(path);
    const stats = lstatIfAny(path);
    this.#stats.set(path, stats);
    return stats;
  }
}

/** That there is nothing, or a link, is what the folder's time answers for: see `answers`. */
function isOfFolder(fact: string): boolean {
  return fact === '' || fact.startsWith('symlink ');
}

/** The folder above `path` whose time was noted. */
function askedFolder(path: string, asked: ReadonlySet<string>): string {
  const above = path.slice(0, Math.max(path.lastIndexOf('/'), 1));
  return above === '/' || asked.has(above) ? above : askedFolder(above, asked);
}

/** The nearest folder above `path` that is there, links followed. */
function folderOf(path: string): string {
  const above = path.slice(0, Math.max(path.lastIndexOf('/'), 1));
  return above === '/' || identifyReal(above) !== '' ? above : folderOf(above);
}

/** The identity of what `path` leads to, links followed; '' where it leads nowhere. */
function identifyReal(path: string): string {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? '' : identityOf(stats);
  } catch (error) {
    if (isErrno(error, 'ENOTDIR') || isErrno(error, 'ELOOP') || isErrno(error, 'ENAMETOOLONG')) return '';
    throw error;
  }
}

function lstatIfAny(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isErrno(error, 'ENOTDIR') || isErrno(error, 'ELOOP') || isErrno(error, 'ENAMETOOLONG'))
      return undefined;
    throw error;
  }
}

function describeFile(path: string, stats: Stats): HostFile {
  const { uid, gid, size } = stats;
  const common = { mode: stats.mode & 0o7777, uid, gid, size };
  if (stats.isFile()) return { type: 'file', ...common };
  if (stats.isDirectory()) return { type: 'dir', ...common };
  if (stats.isSymbolicLink()) return { type: 'symlink', ...common, target: readlinkSync(path) };
  return { type: 'other', ...common };
}

function listDir(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return [];
    throw error;
  }
}
