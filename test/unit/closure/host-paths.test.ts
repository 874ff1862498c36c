import { describe, expect, test } from 'vitest';
import { hostPaths } from '../../../src/closure/host-paths.ts';
import { type TableFile, tableHost } from '../../support/table-host.ts';

const paths = hostPaths(
  tableHost({
    '/lib': { link: 'usr/lib' },
    '/usr/lib/liba.so': { link: '../../opt/a/liba.so.1' },
    '/opt/a/liba.so.1': { elf: {} },
    '/up': { link: '/opt/a' },
    '/loop/a': { link: 'b' },
    '/loop/b': { link: 'a' },
    '/gone': { link: '/nowhere/at/all' },
    ...chain(40),
    '/chain41': { link: 'chain40' },
    ...chain(40, '/top', { link: '/' }),
  }),
);

describe('hostPaths', () => {
  // biome-ignore format: a table
  test.each([
    ['/lib/liba.so',           '/opt/a/liba.so.1'],
    ['/up/../a/./liba.so.1',   '/opt/a/liba.so.1'],
    ['//usr//lib/',            '/usr/lib'],
    ['/../../lib',             '/usr/lib'],
    ['/',                      '/'],
    ['/loop/a',                undefined],
    ['/gone',                  undefined],
    ['/opt/a/liba.so.1/x',     undefined],
    ['/opt/a/liba.so.1/../x',  undefined],
    ['/opt/a/liba.so.1/..',    undefined],
    ['usr/lib',                undefined],
    ['/usr/lib\0',             undefined],
    ['/chain40',               '/chain0'],
    ['/chain41',               undefined],
    ['/top39',                 '/'],
    ['/top40',                 undefined],
  ])('resolves %j as the kernel does', (path, real) => {
    expect(paths.real(path)).toBe(real);
  });

  test('lists a folder through links, and nothing else', () => {
    expect([...paths.names('/lib')]).toEqual(['liba.so']);
    expect([...paths.names('/opt/a/liba.so.1')]).toEqual([]);
    expect([...paths.names('/loop/a')]).toEqual([]);
  });
});

/** `/chain<length>` leads over as many links to `/chain0`, which is `end`. */
function chain(length: number, name = '/chain', end: TableFile = { text: '' }): Record<string, TableFile> {
  const links = Array.from({ length }, (_, index): [string, TableFile] => [
    `${name}${index + 1}`,
    { link: `${name}${index}` },
  ]);
  return { [`${name}0`]: end, ...Object.fromEntries(links) };
}
