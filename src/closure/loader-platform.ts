import type { ElfFacts } from '../domain/program-facts.ts';
import type { HostPaths } from './host-paths.ts';

/** What the dynamic loader of one machine was built with. */
export interface LoaderPlatform {
  /** Where programs for this machine expect their loader (the psABI's PT_INTERP). */
  readonly loader: string;
  /** What `$LIB` stands for. */
  readonly lib: string;
  /** What `$PLATFORM` stands for: AT_PLATFORM of the kernel. */
  readonly platform: string;
  /** Folders below `glibc-hwcaps`, the best first. */
  readonly hwcaps: readonly string[];
  /** The trusted directories, searched last. */
  readonly dirs: readonly string[];
}

type Row = readonly [
  bits: 32 | 64,
  machine: number,
  triplet: string,
  lib: string,
  platform: string,
  loader: string,
];

// biome-ignore format: a table
const rows: readonly Row[] = [
  [64,  62, 'x86_64-linux-gnu',    'lib64',   'x86_64',  '/lib64/ld-linux-x86-64.so.2'],
  [64, 183, 'aarch64-linux-gnu',   'lib64',   'aarch64', '/lib/ld-linux-aarch64.so.1'],
  [32,   3, 'i386-linux-gnu',      'lib',     'i686',    '/lib/ld-linux.so.2'],
  [32,  62, 'x86_64-linux-gnux32', 'libx32',  'x86_64',  '/libx32/ld-linux-x32.so.2'],
  [32,  40, 'arm-linux-gnueabihf', 'lib',     'v7l',     '/lib/ld-linux-armhf.so.3'],
  [64, 243, 'riscv64-linux-gnu',   'lib64',   'riscv64', '/lib/ld-linux-riscv64-lp64d.so.1'],
];

// The folders a processor of each level may use: glibc's dl_hwcaps_subdirs.
const hwcapsOf: ReadonlyMap<number, readonly string[]> = new Map([
  [62, ['x86-64-v4', 'x86-64-v3', 'x86-64-v2']],
]);

/**
 * The platform of the loader that would load `facts` on this host. Distributions build it in two ways: with a folder
 * for each machine (Debian's multiarch), or with lib64 beside lib.
 */
export function describePlatform(
  facts: Pick<ElfFacts, 'bits' | 'machine'>,
  paths: HostPaths,
): LoaderPlatform {
  const row = rows.find(([bits, machine]) => bits === facts.bits && machine === facts.machine);
  const hwcaps = (facts.bits === 64 && hwcapsOf.get(facts.machine)) || [];
  if (row === undefined) {
    return {
      loader: '',
      lib: 'lib',
      platform: '',
      hwcaps,
      dirs: ['/lib64', '/usr/lib64', '/lib', '/usr/lib'],
    };
  }
  const [, , triplet, lib, platform, loader] = row;
  if (paths.real(`/usr/lib/${triplet}`) !== undefined || paths.real(`/lib/${triplet}`) !== undefined) {
    const dirs = [`/lib/${triplet}`, `/usr/lib/${triplet}`, '/lib', '/usr/lib'];
    return { loader, lib: `lib/${triplet}`, platform, hwcaps, dirs };
  }
  const dirs = [...new Set([`/${lib}`, `/usr/${lib}`, '/lib', '/usr/lib'])];
  return { loader, lib, platform, hwcaps, dirs };
}
