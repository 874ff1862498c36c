import { describe, expect, test } from 'vitest';
import type { HostFile, HostView } from '../../../src/domain/host-view.ts';
import { Placer, type PlacerRules } from '../../../src/plan/placer.ts';
import { type TableFile, tableHost } from '../../support/table-host.ts';

describe('Placer', () => {
  test('places the folders on the way, a folder before what it holds', () => {
    const { entries } = placed({ '/usr/bin/ls': { text: 'x' } }, ['/usr/bin/ls']);
    expect(entries.map(({ type, path }) => `${type} ${path}`)).toEqual([
      'dir usr',
      'dir usr/bin',
      'file usr/bin/ls',
    ]);
  });

  test('places every link of the chain, and what they lead to', () => {
    const table = {
      '/bin': { link: 'usr/bin' },
      '/usr/bin/vi': { link: '/etc/alternatives/vi' },
      '/etc/alternatives/vi': { link: '../../usr/bin/vim' },
      '/usr/bin/vim': { text: 'x' },
    };
    const { entries, results } = placed(table, ['/bin/vi']);
    expect(results).toEqual([{ type: 'placed', real: '/usr/bin/vim' }]);
    expect(entries.filter(({ type }) => type !== 'dir').map(({ path }) => path)).toEqual([
      'bin',
      'usr/bin/vi',
      'etc/alternatives/vi',
      'usr/bin/vim',
    ]);
  });

  test('says where a link leads nowhere, and where links have no end', () => {
    const table = { '/a': { link: 'b' }, '/b': { link: 'a' }, '/c': { link: 'gone/x' } };
    expect(placed(table, ['/a', '/c', '/d']).results).toEqual([
      { type: 'unfit', at: '/a', why: 'its chain of symbolic links has no end' },
      { type: 'missing', at: '/gone' },
      { type: 'missing', at: '/d' },
    ]);
  });

  test('does not go above the root by links', () => {
    const table = { '/a': { link: '../../../etc/passwd' }, '/etc/passwd': { text: 'x' } };
    const { entries, results } = placed(table, ['/a']);
    expect(results).toEqual([{ type: 'placed', real: '/etc/passwd' }]);
    expect(entries.map(({ path }) => path)).toEqual(['a', 'etc', 'etc/passwd']);
  });

  test('stops at what is denied, also at the end of a link', () => {
    const table = { '/usr/share/key': { link: '/etc/secret/key' }, '/etc/secret/key': { text: 'x' } };
    const rules = { denied: (path: string) => (path === '/etc/secret' ? 'it is secret' : undefined) };
    const { entries, results } = placed(table, ['/usr/share/key', '/etc/secret/key'], rules);
    expect(results.map(({ type }) => type)).toEqual(['denied', 'denied']);
    expect(entries.map(({ path }) => path)).not.toContain('etc/secret/key');
  });

  test('leaves out sockets, FIFOs and devices', () => {
    const host = withFacts({ '/run/x': { text: '' } }, { '/run/x': { type: 'other' } });
    const placer = new Placer({ host, denied: () => undefined, setid: new Set() });
    expect(placer.place('/run/x', 'x')).toMatchObject({ type: 'unfit' });
  });

  test('takes set-id bits, the write bits of others and strange owners away', () => {
    const table = { '/usr/bin/su': { text: 'x', mode: 0o6777 }, '/usr/bin/ls': { text: 'x', mode: 0o6777 } };
    const host = withFacts(table, { '/usr/bin/ls': { uid: 5, gid: 5 }, '/usr/bin/su': { uid: 0, gid: 8 } });
    const placer = new Placer({ host, denied: () => undefined, setid: new Set(['/usr/bin/su']) });
    for (const path of ['/usr/bin/ls', '/usr/bin/su']) placer.place(path, 'x');
    const files = placer.entries().filter((entry) => entry.type === 'file');
    expect(files).toMatchObject([
      { path: 'usr/bin/ls', mode: 0o755, owner: { uid: 0, gid: 0 }, shared: true },
      { path: 'usr/bin/su', mode: 0o6755, owner: { uid: 0, gid: 8 }, shared: false },
    ]);
  });

  // biome-ignore format: a table
  test.each([
    ['/usr/bin/x',        true],
    ['/usr/share/x/y',    true],
    ['/opt/x',            true],
    ['/lib/x',            true],
    ['/etc/x',            false],
    ['/var/x',            false],
    ['/home/x',           false],
    ['/root/x',           false],
    ['/srv/x',            false],
    ['/usr/local/bin/x',  false],
    ['/x',                false],
  ])('says of %s whether trees may share its inode: %s', (path, shared) => {
    const { entries } = placed({ [path]: { text: 'x' } }, [path]);
    expect(entries.at(-1)).toMatchObject({ path: path.slice(1), shared });
  });

  test('never shares an empty file: whoever fills it would fill it for all', () => {
    const host = withFacts({ '/usr/lib/x': { text: '' } }, { '/usr/lib/x': { size: 0 } });
    const placer = new Placer({ host, denied: () => undefined, setid: new Set() });
    placer.place('/usr/lib/x', 'x');
    expect(placer.entries().at(-1)).toMatchObject({ path: 'usr/lib/x', shared: false });
  });

  test('places a folder with all below it, links inside as they stand', () => {
    const table = {
      '/usr/share/x/a': { text: 'x' },
      '/usr/share/x/sub/b': { text: 'x' },
      '/usr/share/x/link': { link: '/etc/shadow' },
      '/etc/shadow': { text: 'x' },
    };
    const placer = new Placer({ host: tableHost(table), denied: () => undefined, setid: new Set() });
    placer.placeAll('/usr/share/x', 'x', () => {});
    expect(placer.entries().map(({ path }) => path)).toEqual([
      'usr',
      'usr/share',
      'usr/share/x',
      'usr/share/x/a',
      'usr/share/x/link',
      'usr/share/x/sub',
      'usr/share/x/sub/b',
    ]);
  });

  test('gives each reason once and keeps the first', () => {
    const placer = new Placer({
      host: tableHost({ '/usr/bin/ls': { text: 'x' } }),
      denied: () => undefined,
      setid: new Set(),
    });
    placer.place('/usr/bin/ls', 'the first');
    placer.place('/usr/bin/ls', 'the second');
    expect(placer.entries().map(({ why }) => why)).toEqual([
      'on the way to what is the first',
      'on the way to what is the first',
      'the first',
    ]);
  });

  test('tells whether a path leads to something placed', () => {
    const table = {
      '/bin': { link: 'usr/bin' },
      '/usr/bin/ls': { text: 'x' },
      '/usr/bin/cat': { text: 'x' },
    };
    const placer = new Placer({ host: tableHost(table), denied: () => undefined, setid: new Set() });
    placer.place('/bin/ls', 'x');
    expect(['/bin/ls', '/usr/bin/ls', '/bin', '/usr/bin'].map((path) => placer.leadsToEntry(path))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['/bin/cat', '/usr/bin/cat', '/etc'].map((path) => placer.leadsToEntry(path))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

function placed(
  table: Readonly<Record<string, TableFile>>,
  paths: readonly string[],
  rules: Partial<PlacerRules> = {},
) {
  const placer = new Placer({ host: tableHost(table), denied: () => undefined, setid: new Set(), ...rules });
  const results = paths.map((path) => placer.place(path, 'x'));
  return { results, entries: placer.entries() };
}

/** A made host, some of whose files are not as the table has them. */
function withFacts(
  table: Readonly<Record<string, TableFile>>,
  facts: Readonly<Record<string, Partial<HostFile>>>,
): HostView {
  const host = tableHost(table);
  return {
    ...host,
    lstat: (path) => {
      const file = host.lstat(path);
      return file && { ...file, ...facts[path] };
    },
  };
}
