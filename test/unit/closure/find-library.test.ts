import { describe, expect, test } from 'vitest';
import { library, loader, paths, plan, program } from '../../support/closure-table.ts';
import type { TableFile } from '../../support/table-host.ts';

describe('findLibraryOn', () => {
  test('inherits an RPATH, and not a RUNPATH', () => {
    const libs = { '/opt/r/liba.so': library('liba.so', ['libb.so']), '/opt/r/libb.so': library('libb.so') };
    expect(paths({ ...libs, '/bin/p': program(['liba.so'], { rpath: '/opt/r' }) }, ['/bin/p'])).toContain(
      '/opt/r/libb.so',
    );
    expect(() =>
      plan({ ...libs, '/bin/p': program(['liba.so'], { runpath: '/opt/r' }) }, ['/bin/p']),
    ).toThrow(/libb\.so/u);
  });

  test('stops at the RUNPATH of a library, whatever RPATH those above it have', () => {
    const table = {
      '/opt/r/liba.so': library('liba.so', ['libb.so'], { runpath: '/none' }),
      '/opt/r/libb.so': library('libb.so'),
      '/bin/p': program(['liba.so'], { rpath: '/opt/r' }),
    };
    expect(() => plan(table, ['/bin/p'])).toThrow(/libb\.so/u);
  });

  test('expands $ORIGIN, $LIB and $PLATFORM, of a program by its real place', () => {
    const table = {
      '/bin/p': { link: '/opt/p/bin/p' },
      '/opt/p/bin/p': program(['liba.so', 'libb.so', 'libq.so'], {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the loader's own spelling
        runpath: '$ORIGIN/../${LIB}/$PLATFORM:${ORIGIN}:/o/$ORIGINAL',
      }),
      '/opt/p/lib/x86_64-linux-gnu/x86_64/liba.so': library('liba.so'),
      '/opt/p/bin/libb.so': library('libb.so'),
      '/o/$ORIGINAL/libq.so': library('libq.so'),
    };
    const files = plan(table, ['/bin/p']).files.map(({ path, real }) => [path, real]);
    expect(files).toContainEqual([
      '/opt/p/bin/../lib/x86_64-linux-gnu/x86_64/liba.so',
      '/opt/p/lib/x86_64-linux-gnu/x86_64/liba.so',
    ]);
    expect(files).toContainEqual(['/opt/p/bin/libb.so', '/opt/p/bin/libb.so']);
  });

  test('passes over libraries of another machine, class or byte order', () => {
    const table = {
      '/1/liba.so': library('liba.so', [], { machine: 183 }),
      '/2/liba.so': library('liba.so', [], { bits: 32 }),
      '/3/liba.so': library('liba.so', [], { littleEndian: false }),
      '/4/liba.so': library('liba.so'),
      '/bin/p': program(['liba.so'], { runpath: '/1:/2:/3:/4' }),
    };
    expect(paths(table, ['/bin/p'])).toEqual(['/4/liba.so', loader]);
  });

  test('takes from a folder of ld.so.conf what ldconfig enters there, before the trusted folders', () => {
    const at = (name: string, file: TableFile) => ({
      [`/opt/conf/${name}`]: file,
      [`/lib/x86_64-linux-gnu/${name}`]: library(name),
      '/bin/p': program([name]),
    });
    expect(paths(at('liba.so.1', library('liba.so.1')), ['/bin/p'])[0]).toBe('/opt/conf/liba.so.1');
    expect(paths(at('liba.so.1', { elf: {} }), ['/bin/p'])[0]).toBe('/opt/conf/liba.so.1');
    for (const other of [
      library('libother.so'),
      { text: 'INPUT(x)' },
      { bytes: new Uint8Array([0x7f, 0x45, 0x4c, 0x46]) },
    ]) {
      expect(paths(at('liba.so.1', other), ['/bin/p'])[0]).toBe('/lib/x86_64-linux-gnu/liba.so.1');
    }
    expect(paths(at('mod.so', library('mod.so')), ['/bin/p'])[0]).toBe('/lib/x86_64-linux-gnu/mod.so');
  });

  test('searches no trusted folder for an object that forbids it', () => {
    const table = { '/bin/p': program(['libc.so.6'], { flags1: 0x800 }) };
    expect(() => plan(table, ['/bin/p'])).toThrow(/libc\.so\.6/u);
  });

  test('brings builds for newer processors beside the plain one, with what they need', () => {
    const table = {
      '/1/liba.so': library('liba.so'),
      '/1/glibc-hwcaps/x86-64-v3/liba.so': library('liba.so', ['libv.so'], { runpath: '/1' }),
      '/1/libv.so': library('libv.so'),
      '/1/glibc-hwcaps/x86-64-v2/libo.so': library('libo.so'),
      '/bin/p': program(['liba.so', 'libo.so'], { runpath: '/1' }),
    };
    expect(paths(table, ['/bin/p'])).toEqual([
      '/1/liba.so',
      '/1/glibc-hwcaps/x86-64-v3/liba.so',
      '/1/glibc-hwcaps/x86-64-v2/libo.so',
      '/1/libv.so',
      loader,
    ]);
  });
});
