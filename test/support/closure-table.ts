import { type Closure, type ClosureOptions, planClosure } from '../../src/closure/plan-closure.ts';
import { type TableFile, tableHost } from './table-host.ts';

export const loader = '/lib64/ld-linux-x86-64.so.2';
export const program = (needed: readonly string[], more: object = {}): TableFile => ({
  elf: { type: 2, interpreter: loader, needed, ...more },
});
export const library = (soname: string, needed: readonly string[] = [], more: object = {}): TableFile => ({
  elf: { soname, needed, ...more },
});

const base = {
  '/etc/ld.so.conf': { text: '/opt/conf\n' },
  [loader]: library('ld-linux-x86-64.so.2'),
  '/lib/x86_64-linux-gnu/libc.so.6': library('libc.so.6', ['ld-linux-x86-64.so.2']),
  '/bin/ls': program(['libc.so.6']),
  '/bin/sh': program(['libc.so.6']),
  '/usr/bin/env': program(['libc.so.6']),
} satisfies Record<string, TableFile>;

/** The closure of `roots` on a host of a shell, env, a C library, a loader and the files of `table`. */
export function plan(
  table: Readonly<Record<string, TableFile>>,
  roots: readonly string[],
  missing: ClosureOptions['missing'] = 'throw',
): Closure {
  const searchPath = ['/usr/local/bin', '/bin'];
  return planClosure(
    roots.map((path) => ({ path, why: 'asked for' })),
    tableHost({ ...base, ...table }),
    { searchPath, missing },
  );
}

export function paths(table: Readonly<Record<string, TableFile>>, roots: readonly string[]): string[] {
  return plan(table, roots).files.map(({ path }) => path);
}
