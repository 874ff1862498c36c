import { describe, expect, test } from 'vitest';
import { library, loader, paths, plan, program } from '../../support/closure-table.ts';

describe('planProcess', () => {
  test('does not search again for what is in the process already', () => {
    const table = {
      '/1/liba.so.1': library('liba.so.1'),
      '/2/liba.so.1': library('liba.so.1'),
      '/1/libb.so': library('libb.so', ['liba.so.1'], { runpath: '/2' }),
      '/bin/p': program(['/1/liba.so.1', 'libb.so'], { runpath: '/1' }),
    };
    expect(paths(table, ['/bin/p'])).toEqual(['/1/liba.so.1', '/1/libb.so', loader]);
  });

  test('opens one file by both names that are asked for', () => {
    const table = {
      '/1/liba.so': { link: 'libreal.so' },
      '/1/libb.so': { link: 'libreal.so' },
      '/1/libreal.so': { elf: {} },
      '/bin/p': program(['liba.so', 'libb.so'], { runpath: '/1' }),
    };
    expect(paths(table, ['/bin/p'])).toEqual(['/1/liba.so', '/1/libb.so', loader]);
  });

  test('loads an auxiliary library where it is there', () => {
    const table = { '/1/liba.so': library('liba.so') };
    const needs = { auxiliary: ['liba.so', 'libgone.so'], runpath: '/1' };
    expect(paths({ ...table, '/bin/p': program([], needs) }, ['/bin/p'])).toEqual(['/1/liba.so', loader]);
  });
});

describe('planProcess, dlopen notes', () => {
  const note = (priority: string, ...soname: string[]) => ({
    notes: [JSON.stringify([{ soname, priority }])],
    runpath: '/1',
  });

  test('brings what is required or recommended, the first alternative that is there', () => {
    const table = {
      '/1/liba.so.0': library('liba.so.0', ['libdeep.so'], { runpath: '/1' }),
      '/1/libdeep.so': library('libdeep.so'),
    };
    for (const priority of ['required', 'recommended']) {
      const files = paths({ ...table, '/bin/p': program([], note(priority, 'liba.so.1', 'liba.so.0')) }, [
        '/bin/p',
      ]);
      expect(files).toEqual(['/1/liba.so.0', '/1/libdeep.so', loader]);
    }
  });

  test('leaves a suggestion out, and a recommendation that cannot be met', () => {
    const table = {
      '/1/libhalf.so': library('libhalf.so', ['libfirst.so', 'libgone.so'], { runpath: '/1' }),
      '/1/libfirst.so': library('libfirst.so'),
      '/1/liba.so': library('liba.so'),
    };
    for (const wish of [
      note('suggested', 'liba.so'),
      note('recommended', 'libgone.so'),
      note('recommended', 'libhalf.so'),
    ]) {
      const closure = plan({ ...table, '/bin/p': program([], wish) }, ['/bin/p']);
      expect(closure.files.map(({ path }) => path)).toEqual([loader]);
      expect(closure.needs.get('/bin/p')).toEqual([loader]);
    }
    const second = paths({ ...table, '/bin/p': program([], note('recommended', 'libhalf.so', 'liba.so')) }, [
      '/bin/p',
    ]);
    expect(second).toEqual(['/1/liba.so', loader]);
  });

  test('misses what is required and not there', () => {
    expect(() => plan({ '/bin/p': program([], note('required', 'libgone.so')) }, ['/bin/p'])).toThrow(
      /libgone\.so/u,
    );
  });
});
