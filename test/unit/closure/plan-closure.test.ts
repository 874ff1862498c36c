import { describe, expect, test } from 'vitest';
import { library, loader, paths, plan, program } from '../../support/closure-table.ts';
import type { TableFile } from '../../support/table-host.ts';

describe('planClosure', () => {
  test('gives a program its libraries and its loader, each with the first that asks', () => {
    expect(plan({}, ['/bin/ls', '/bin/sh']).files).toEqual([
      {
        path: '/lib/x86_64-linux-gnu/libc.so.6',
        real: '/lib/x86_64-linux-gnu/libc.so.6',
        why: 'needed by bin/ls',
        neededBy: '/bin/ls',
      },
      { path: loader, real: loader, why: 'needed by bin/ls', neededBy: '/bin/ls' },
    ]);
  });

  test('leaves out what is a root itself', () => {
    const files = paths({ '/bin/s': { text: '#!/bin/sh\n' } }, ['/bin/s', '/bin/sh']);
    expect(files).toEqual(['/lib/x86_64-linux-gnu/libc.so.6', loader]);
  });

  test('tells what each file asks for itself, by real paths', () => {
    const { needs } = plan({ '/bin/list': { link: 'ls' } }, ['/bin/list']);
    expect(Object.fromEntries(needs)).toEqual({
      '/bin/ls': ['/lib/x86_64-linux-gnu/libc.so.6', loader],
      '/lib/x86_64-linux-gnu/libc.so.6': [loader],
    });
  });

  test('gives a library that is a root its loader only if it is asked for', () => {
    expect(paths({ '/l/a.so': library('a.so', ['libc.so.6']) }, ['/l/a.so'])).toContain(loader);
    expect(paths({ '/l/a.so': library('a.so') }, ['/l/a.so'])).toEqual([]);
  });

  test('needs nothing for data, folders and texts that are not to be run', () => {
    const table = { '/d/data': { text: 'x' }, '/d/doc.pl': { text: '#!/gone\n', mode: 0o644 } };
    expect(paths(table, ['/d', '/d/data', '/d/doc.pl'])).toEqual([]);
  });
});

describe('planClosure, scripts', () => {
  test('brings the interpreter and what it needs', () => {
    expect(paths({ '/bin/s': { text: '#!/bin/sh -e\n' } }, ['/bin/s'])).toEqual([
      '/bin/sh',
      '/lib/x86_64-linux-gnu/libc.so.6',
      loader,
    ]);
  });

  test('brings env and the program it finds', () => {
    const table = {
      '/bin/s': { text: '#!/usr/bin/env -S A=1 tool -x\n' },
      '/usr/local/bin/tool': program([]),
    };
    expect(paths(table, ['/bin/s'])).toContain('/usr/local/bin/tool');
    expect(paths(table, ['/bin/s'])).toContain('/usr/bin/env');
  });

  test('passes over a file on the search path that cannot be run', () => {
    const table = {
      '/bin/s': { text: '#!/usr/bin/env tool\n' },
      '/usr/local/bin/tool': { text: '#!/bin/sh\n', mode: 0o644 },
      '/bin/tool': program([]),
    };
    expect(paths(table, ['/bin/s'])).toContain('/bin/tool');
  });

  // biome-ignore format: a table
  test.each([
    ['#!/gone/sh\n',           /\/gone\/sh/u],
    ['#!/etc/secret\n',        /\/etc\/secret/u],
    ['#!/bin/text\n',          /\/bin\/text/u],
    ['#!sh\n',                 /interpreter sh /u],
    ['#!/bin/sh\r\n',          /\/bin\/sh\\x0d/u],
    ['#!/usr/bin/env gone\n',  /no program gone/u],
    ['#!/bin/s\n',             /script of a script/u],
  ])('refuses %j', (text, why) => {
    const table = {
      '/bin/s': { text },
      '/etc/secret': { elf: {}, mode: 0o600 },
      '/bin/text': { text: 'no program' },
    };
    expect(() => plan(table, ['/bin/s'])).toThrow(expect.objectContaining({ code: 'COMMAND_MISSING', why: expect.stringMatching(why) }));
  });
});

describe('planClosure, faults', () => {
  const table = {
    '/bin/p': program(['libgone.so.1', 'libc.so.6', 'libalso.so']),
    '/bin/q': program(['libgone.so.1']),
    '/bin/cut': { bytes: new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]) },
    '/bin/loop': { link: 'loop' },
    '/bin/s': { text: '#!/gone/sh\n' },
    '/bin/deep': program(['liba.so'], { rpath: '/1' }),
    '/1/liba.so': library('liba.so', ['libdeep.so']),
  } satisfies Record<string, TableFile>;

  test('names every missing library and the programs that want it, in one error', () => {
    expect(() => plan(table, ['/bin/p', '/bin/ls', '/bin/q', '/bin/deep'])).toThrow(
      expect.objectContaining({
        code: 'LIBRARY_MISSING',
        what: '3 libraries are missing on this host',
        why:
          'libgone.so.1, wanted by /bin/p, is not there (for /bin/p, /bin/q); ' +
          'libalso.so, wanted by /bin/p, is not there (for /bin/p); ' +
          'libdeep.so, wanted by /1/liba.so, is not there (for /bin/deep)',
        mend: expect.stringContaining('apt-file search libgone.so.1'),
      }),
    );
  });

  test('names a damaged program, a path that leads nowhere', () => {
    expect(() => plan(table, ['/bin/cut', '/bin/p'])).toThrow(
      expect.objectContaining({ code: 'BAD_ELF', why: expect.stringMatching(/\/bin\/cut.*libgone/u) }),
    );
    expect(() => plan(table, ['/bin/loop'])).toThrow(expect.objectContaining({ code: 'PATH_MISSING' }));
  });

  test('takes damaged ELF bytes that nobody would load for data', () => {
    const bytes = new Uint8Array([0x7f, 0x45, 0x4c, 0x46]);
    expect(paths({ '/d/ls.debug': { bytes, mode: 0o644 } }, ['/d/ls.debug'])).toEqual([]);
    expect(() => plan({ '/d/pam_x.so': { bytes, mode: 0o644 } }, ['/d/pam_x.so'])).toThrow(/pam_x/u);
  });

  test('takes a first library that is no library for missing, as the loader does', () => {
    const bad = { '/1/libx.so': { text: 'INPUT(libx.so.1)' }, '/2/libx.so': library('libx.so') };
    expect(() => plan({ ...bad, '/bin/p': program(['libx.so'], { runpath: '/1:/2' }) }, ['/bin/p'])).toThrow(
      expect.objectContaining({ why: expect.stringContaining('/1/libx.so: it is not an ELF file') }),
    );
  });

  test('misses a loader that is not there or is for another machine', () => {
    const other = { '/lib/ld-arm.so': library('ld-arm.so', [], { machine: 183 }) };
    for (const interpreter of ['/lib/ld-gone.so', '/lib/ld-arm.so', 'ld.so', '/bin/s']) {
      const closure = plan({ ...table, ...other, '/bin/x': { elf: { interpreter } } }, ['/bin/x'], 'report');
      expect(closure.broken).toEqual([{ path: '/bin/x', why: expect.stringContaining(interpreter) }]);
    }
  });

  test('reports faults instead, and leaves out what only such programs need', () => {
    const more = {
      '/bin/half': program(['libonly.so', 'libgone.so']),
      '/lib/libonly.so': library('libonly.so'),
    };
    const closure = plan({ ...table, ...more }, ['/bin/half', '/bin/s', '/bin/ls'], 'report');
    expect(closure.broken.map(({ path }) => path)).toEqual(['/bin/half', '/bin/s']);
    expect(closure.files.map(({ path }) => path)).toEqual(['/lib/x86_64-linux-gnu/libc.so.6', loader]);
  });

  test('escapes names before they are printed', () => {
    expect(() => plan({ '/bin/p': program(['lib\u001b[31m.so']) }, ['/bin/p'])).toThrow(/lib\\x1b\[31m\.so/u);
  });
});
