import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { arch } from 'node:process';
import { describe, expect } from 'vitest';
import { planLdCache } from '../../src/closure/plan-ld-cache.ts';
import { type CachedLibrary, renderLdCache } from '../../src/closure/render-ld-cache.ts';
import { workshopTest as test } from '../support/compile.ts';
import { realHost } from '../support/host-view.ts';
import { needs } from '../support/needs.ts';

const machine = arch === 'arm64' ? 183 : 62;

describe('renderLdCache', () => {
  test.runIf(needs({ program: 'gcc' }))(
    'is listed by ldconfig, in the order given by the format',
    ({ shop }) => {
      const libraries = ['liba.so.2', 'liba.so.10', 'libz.so', 'lib1.so', 'libm-2.3.so'].map(entry);
      const listed = listedBy(cacheIn(shop.dir, libraries));
      expect(listed).toEqual(['lib1.so', 'libz.so', 'libm-2.3.so', 'liba.so.10', 'liba.so.2'].map(entry));
    },
  );

  test.runIf(needs('root', { program: 'gcc' }, { program: 'unshare' }))(
    'leads the loader to every one of a thousand libraries, and to nothing else',
    ({ shop }) => {
      const names = Array.from(
        { length: 1000 },
        (_, index) => `lib${index % 7 === 0 ? 'x-' : 'y'}${index}.so.${index % 13}`,
      );
      // One file by all the names: the loader reads a cache, then opens what it says.
      const real = shop.library('real/libreal.so', [], { answer: 42 });
      const libraries = names.map((soname) => ({ soname, path: real }));
      const cache = cacheIn(shop.dir, [...libraries, ...systemLibraries()]);
      for (const name of [names[0], names[7], names[500], names[999]]) {
        const program = shop.program('p', [shop.library(`stub/${name}`)], 'answer');
        expect(runWith(cache, program)).toBe(42);
      }
      const other = shop.program('other', [shop.library('stub/libnone.so')], 'answer');
      expect(runWith(cache, other)).toBe(127);
    },
  );

  test.runIf(needs('root', { program: 'gcc' }, { program: 'unshare' }))(
    'gives the first of two libraries with one name',
    ({ shop }) => {
      const paths = [1, 2].map((answer) => shop.library(`${answer}/libtwo.so`, [], { answer }));
      const program = shop.program('p', [paths[0] ?? ''], 'answer');
      const cached = (order: readonly string[]) =>
        cacheIn(shop.dir, [...order.map((path) => ({ soname: 'libtwo.so', path })), ...systemLibraries()]);
      expect(runWith(cached(paths), program)).toBe(1);
      expect(runWith(cached(paths.toReversed()), program)).toBe(2);
    },
  );

  test('of this machine holds what ldconfig puts into its own', () => {
    const ours = systemLibraries();
    const theirs = listedBy('/etc/ld.so.cache');
    const there = new Set(ours.map(({ soname, path }) => `${soname} ${path}`));
    const missing = theirs.filter(({ soname, path }) => !there.has(`${soname} ${path}`));
    expect(missing).toEqual([]);
    expect(ours.length).toBe(theirs.length);
  });
});

function entry(soname: string): CachedLibrary {
  return { soname, path: `/opt/${soname}` };
}

/** All of this machine's libraries where its own cache looks for them. */
function systemLibraries(): CachedLibrary[] {
  const dirs = new Set(listedBy('/etc/ld.so.cache').map(({ path }) => path.replace(/\/[^/]*$/u, '')));
  const paths = [...dirs].flatMap((dir) => readdirSync(dir).map((name) => `${dir}/${name}`));
  return planLdCache(paths, realHost(), machine);
}

function cacheIn(dir: string, libraries: readonly CachedLibrary[]): string {
  const path = join(dir, 'ld.so.cache');
  writeFileSync(path, renderLdCache(libraries, machine));
  return path;
}

function listedBy(cache: string): CachedLibrary[] {
  const text = execFileSync('/sbin/ldconfig', ['-p', '-C', cache], {
    encoding: 'utf8',
    env: { LC_ALL: 'C' },
  });
  return [...text.matchAll(/^\t(?<soname>\S+) \(.*\) => (?<path>\/.*)$/gmu)].map(({ groups }) => ({
    soname: groups?.soname ?? '',
    path: groups?.path ?? '',
  }));
}

/** The status of a program that runs where `cache` is /etc/ld.so.cache. */
function runWith(cache: string, program: string): number {
  const script = `mount --bind '${cache}' /etc/ld.so.cache && exec "$0"`;
  try {
    execFileSync('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, program], {
      stdio: 'pipe',
    });
    return 0;
  } catch (error) {
    return (error as { status: number }).status;
  }
}
