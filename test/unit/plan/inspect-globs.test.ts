import { describe, expect, test } from 'vitest';
import type { HostView } from '../../../src/domain/host-view.ts';
import { inspectGlobs } from '../../../src/plan/inspect-globs.ts';
import { tableHost } from '../../support/table-host.ts';

const host = tableHost({
  '/usr/lib/x86/perl/a.pm': { text: '' },
  '/usr/lib/x86/gio/b.so': { text: '' },
  '/usr/lib/arm/perl/c.pm': { text: '' },
  '/usr/lib/file': { text: '' },
  '/usr/lib/link': { link: 'x86' },
  '/usr/share/vim/vim90/x.vim': { text: '' },
  '/usr/share/vim/other/x.vim': { text: '' },
});

describe('inspectGlobs', () => {
  // biome-ignore format: a table
  test.each<readonly [string, readonly string[]]>([
    ['/usr/share/vim/vim[0-9]*/*.vim', ['/usr/share/vim', '/usr/share/vim/vim90']],
    ['/usr/lib/*/perl',                ['/usr/lib']],
    ['/usr/lib/*/{perl,gio}/*.pm',     ['/usr/lib', '/usr/lib/arm', '/usr/lib/arm/perl', '/usr/lib/link', '/usr/lib/x86', '/usr/lib/x86/gio', '/usr/lib/x86/perl']],
    ['/usr/lib/!(x86)/*',              ['/usr/lib', '/usr/lib/arm', '/usr/lib/link', '/usr/lib/x86']],
    ['/nowhere/*/x',                   []],
    ['/*',                             ['/']],
  ])('asks for %s the names in those folders that decide: %j', (pattern, folders) => {
    const { listed, isTold } = inspect(pattern);
    expect(listed).toEqual(folders);
    expect(isTold).toBe(true);
  });

  test('asks for names that no pattern has, where there are some, and where there are none', () => {
    expect(inspect('/usr/lib/*/perl').looked).toEqual(
      expect.arrayContaining(['/usr/lib/arm/perl', '/usr/lib/x86/perl', '/usr/lib/link/perl']),
    );
    expect(inspect('/nowhere/*/x').looked).toContain('/nowhere');
  });

  test.each(['/usr/lib/**', '/usr/lib/**/x', '/usr/{lib/x86,share}/*', 'usr/*', '/usr/lib/@(x86/perl)/*'])(
    'says of %s that it cannot tell',
    (pattern) => expect(inspect(pattern).isTold).toBe(false),
  );
});

function inspect(pattern: string) {
  const listed: string[] = [];
  const looked: string[] = [];
  const asked: HostView = {
    ...host,
    lstat: (path) => {
      looked.push(path);
      return host.lstat(path);
    },
    list: (path) => {
      listed.push(path);
      return host.list(path);
    },
  };
  const isTold = inspectGlobs([pattern], asked);
  return { listed: listed.sort(), looked, isTold };
}
