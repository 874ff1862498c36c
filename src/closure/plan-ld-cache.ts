import { posix } from 'node:path';
import type { HostView } from '../domain/host-view.ts';
import type { ElfFacts } from '../domain/program-facts.ts';
import { type HostPaths, hostPaths } from './host-paths.ts';
import { isInLdCache } from './is-in-ld-cache.ts';
import { describePlatform } from './loader-platform.ts';
import { parseLdSoConf } from './parse-ld-so-conf.ts';
import type { CachedLibrary, CacheMachine } from './render-ld-cache.ts';

/**
 * Of `paths` (host paths that a tree will have too) those that ldconfig would enter into the tree's cache: libraries
 * for `machine` in a directory of ld.so.conf or a trusted one, in the order of the directories, by name in each.
 * Names outside ASCII stay out: where they stand in the order of a cache depends on the compiler of its reader.
 */
export function planLdCache(
  paths: readonly string[],
  host: HostView,
  machine: CacheMachine,
): CachedLibrary[] {
  const known = hostPaths(host);
  const dirs = searchedDirs(host, known, machine);
  const found = paths.flatMap((path) => {
    const rank = dirs.indexOf(known.real(posix.dirname(path)) ?? '');
    return rank >= 0 && isCached(path, host, known, machine)
      ? [{ rank, path, soname: posix.basename(path) }]
      : [];
  });
  return found
    .sort((a, b) => a.rank - b.rank || (a.path < b.path ? -1 : 1))
    .map(({ soname, path }) => ({ soname, path }));
}

function searchedDirs(host: HostView, paths: HostPaths, machine: CacheMachine): string[] {
  const { dirs } = describePlatform({ bits: 64, machine }, paths);
  const reals = [...parseLdSoConf(host, paths), ...dirs].map((dir) => paths.real(dir));
  return [...new Set(reals.filter((dir) => dir !== undefined))];
}

function isCached(path: string, host: HostView, paths: HostPaths, machine: CacheMachine): boolean {
  const real = paths.real(path);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what this is about
  if (real === undefined || !/^[\x01-\x7f]*$/u.test(path)) return false;
  const facts = host.program(real);
  return (
    facts.kind === 'elf' &&
    isOfMachine(facts, machine) &&
    isInLdCache(posix.basename(path), nameFacts(path, facts, host, paths))
  );
}

function isOfMachine(facts: ElfFacts, machine: CacheMachine): boolean {
  return facts.bits === 64 && facts.machine === machine && facts.littleEndian;
}

function nameFacts(path: string, { soname }: ElfFacts, host: HostView, paths: HostPaths) {
  const dir = paths.real(posix.dirname(path)) ?? '/';
  return { soname, isLink: host.lstat(posix.join(dir, posix.basename(path)))?.type === 'symlink' };
}
