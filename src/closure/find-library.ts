import type { HostView } from '../domain/host-view.ts';
import type { ElfFacts } from '../domain/program-facts.ts';
import type { HostPaths } from './host-paths.ts';
import { isInLdCache } from './is-in-ld-cache.ts';
import { describePlatform, type LoaderPlatform } from './loader-platform.ts';
import { parseLdSoConf } from './parse-ld-so-conf.ts';

/** An object as it is mapped into a process. */
export interface LoadedObject {
  /** As the loader opens it. */
  readonly path: string;
  /** With its links followed. */
  readonly real: string;
  readonly facts: ElfFacts;
  /** `$ORIGIN`: the directory it was opened in. */
  readonly origin: string;
  /** Who asked for it first; undefined for the program. */
  readonly loader?: LoadedObject;
}

/** A library as it lies on the host. */
export type FoundObject = Pick<LoadedObject, 'path' | 'real' | 'facts'>;

export type LibrarySearch =
  /** `variants` are builds for newer processors that a loader may prefer. */
  | { readonly type: 'found'; readonly library: FoundObject; readonly variants: readonly FoundObject[] }
  /** The loader takes the file for the library, and gives up on it. */
  | { readonly type: 'unfit'; readonly path: string; readonly why: string }
  | { readonly type: 'missing' };

/** Finds the library `asker` names, as the loader would. */
export type FindLibrary = (name: string, asker: LoadedObject) => LibrarySearch;

interface Library {
  readonly type: 'found';
  readonly library: FoundObject;
}

const missing: LibrarySearch = { type: 'missing' };

/**
 * The search of ld.so(8) without LD_LIBRARY_PATH: RPATH of the asker and of those who loaded it, unless the asker has
 * a RUNPATH; RUNPATH of the asker; what ldconfig puts into the cache; the trusted directories. Files of another class,
 * byte order or machine are passed over. What does not depend on the asker is searched once a name.
 */
export function findLibraryOn(host: HostView, paths: HostPaths): FindLibrary {
  const platforms = new Map<string, LoaderPlatform>();
  const common = new Map<string, LibrarySearch>();
  let configured: readonly string[] | undefined;

  const platformOf = (facts: ElfFacts) =>
    remember(platforms, kindOf(facts), () => describePlatform(facts, paths));

  const at = (path: string, asker: ElfFacts): LibrarySearch => {
    const real = paths.real(path);
    return real === undefined || host.lstat(real)?.type !== 'file'
      ? missing
      : judge(host, { path, real }, asker);
  };

  const inDirs = (dirs: readonly string[], name: string, asker: ElfFacts): LibrarySearch => {
    const { hwcaps } = platformOf(asker);
    const variants: FoundObject[] = [];
    for (const dir of dirs) {
      variants.push(...variantsIn(dir, name, asker, hwcaps));
      const found = paths.names(dir).has(name) ? at(join(dir, name), asker) : missing;
      if (found.type !== 'missing') return withVariants(found, variants);
    }
    return withVariants(missing, variants);
  };

  const variantsIn = (
    dir: string,
    name: string,
    asker: ElfFacts,
    hwcaps: readonly string[],
  ): FoundObject[] => {
    if (hwcaps.length === 0 || !paths.names(dir).has('glibc-hwcaps')) return [];
    const found = hwcaps.map((level) => at(join(dir, `glibc-hwcaps/${level}/${name}`), asker));
    return found.filter(isFound).map(({ library }) => library);
  };

  const inCache = (name: string, asker: ElfFacts): LibrarySearch => {
    configured ??= parseLdSoConf(host, paths);
    const { dirs, hwcaps } = platformOf(asker);
    const trusted = new Set(dirs.map(paths.real));
    const all = asker.noDefaultLib
      ? configured.filter((dir) => !trusted.has(paths.real(dir)))
      : [...configured, ...dirs];
    const variants = all.flatMap((dir) => variantsIn(dir, name, asker, hwcaps));
    const found = all.map((dir) => cachedIn(dir, name, asker)).find(isFound) ?? missing;
    return withVariants(found, variants);
  };

  const cachedIn = (dir: string, name: string, asker: ElfFacts): LibrarySearch => {
    if (!paths.names(dir).has(name)) return missing;
    const found = at(join(dir, name), asker);
    if (found.type !== 'found') return missing;
    const real = paths.real(dir) ?? dir;
    const isLink = host.lstat(join(real, name))?.type === 'symlink';
    return isInLdCache(name, { soname: found.library.facts.soname, isLink }) ? found : missing;
  };

  const inCommon = (name: string, asker: ElfFacts): LibrarySearch =>
    remember(common, `${kindOf(asker)} ${asker.noDefaultLib} ${name}`, () => {
      const cached = inCache(name, asker);
      if (cached.type !== 'missing' || asker.noDefaultLib) return cached;
      return inDirs(platformOf(asker).dirs, name, asker);
    });

  return (name, asker) => {
    const { facts } = asker;
    if (name.includes('/')) {
      const path = expandTokens(name, asker, platformOf(facts));
      return path.startsWith('/') ? at(path, facts) : missing;
    }
    for (const [owner, dirs] of ownDirs(asker)) {
      const expanded = dirs.map((dir) => expandTokens(dir, owner, platformOf(owner.facts)));
      const found = inDirs(
        expanded.filter((dir) => dir.startsWith('/')),
        name,
        facts,
      );
      if (found.type !== 'missing') return found;
    }
    return inCommon(name, facts);
  };
}

/** The search paths that objects bring along, in the order they count for `asker`. */
function ownDirs(asker: LoadedObject): (readonly [owner: LoadedObject, dirs: readonly string[]])[] {
  const own: [LoadedObject, readonly string[]][] = [];
  if (asker.facts.runpath.length > 0) return [[asker, asker.facts.runpath]];
  for (let object: LoadedObject | undefined = asker; object !== undefined; object = object.loader) {
    if (object.facts.rpath.length > 0) own.push([object, object.facts.rpath]);
  }
  return own;
}

/** ld.so(8), "Dynamic string tokens". */
function expandTokens(text: string, owner: LoadedObject, platform: LoaderPlatform): string {
  if (!text.includes('$')) return text;
  return text.replace(
    /\$(?:\{(?<braced>ORIGIN|LIB|PLATFORM)\}|(?<bare>ORIGIN|LIB|PLATFORM)(?![A-Za-z0-9_]))/gu,
    (...found) => {
      const { braced, bare } = found.at(-1) as { braced?: string; bare?: string };
      const token = braced ?? bare;
      if (token === 'ORIGIN') return owner.origin;
      return token === 'LIB' ? platform.lib : platform.platform;
    },
  );
}

/** What the loader makes of a file it opened for a library (open_verify in glibc's elf/dl-load.c). */
function judge(host: HostView, file: Pick<FoundObject, 'path' | 'real'>, asker: ElfFacts): LibrarySearch {
  const facts = host.program(file.real);
  if (facts.kind === 'broken') return { type: 'unfit', path: file.path, why: facts.why };
  if (facts.kind !== 'elf') return { type: 'unfit', path: file.path, why: 'it is not an ELF file' };
  return kindOf(facts) === kindOf(asker)
    ? { type: 'found', library: { ...file, facts }, variants: [] }
    : missing;
}

function withVariants(found: LibrarySearch, variants: readonly FoundObject[]): LibrarySearch {
  const [best, ...others] = variants;
  if (best === undefined) return found;
  if (found.type === 'found') return { ...found, variants };
  return { type: 'found', library: best, variants: others };
}

function isFound(search: LibrarySearch): search is Library & LibrarySearch {
  return search.type === 'found';
}

/** `..` stays: behind a link it leads elsewhere than its spelling says. */
function join(dir: string, name: string): string {
  return `${dir}/${name}`.replace(/\/(?:\.?\/)+/gu, '/');
}

function kindOf({ bits, littleEndian, machine }: ElfFacts): string {
  return `${bits} ${littleEndian} ${machine}`;
}

function remember<V>(known: Map<string, V>, key: string, make: () => V): V {
  const old = known.get(key);
  if (old !== undefined) return old;
  const value = make();
  known.set(key, value);
  return value;
}
