import { describe, expect, test } from 'vitest';
import { parseProfile } from '../../../src/domain/parse-profile.ts';
import { findCommand, findCommands } from '../../../src/plan/find-commands.ts';
import { type TableFile, tableHost } from '../../support/table-host.ts';

const table: Readonly<Record<string, TableFile>> = {
  '/usr/bin/ls': { text: 'x' },
  '/usr/bin/awk': { link: '/etc/alternatives/awk' },
  '/etc/alternatives/awk': { link: '/usr/bin/mawk' },
  '/usr/bin/mawk': { text: 'x' },
  '/usr/sbin/ls': { text: 'x' },
  '/usr/sbin/useradd': { text: 'x' },
  '/usr/bin/readme': { text: 'x', mode: 0o644 },
  '/usr/bin/dangling': { link: 'nowhere' },
  '/usr/bin/loop': { link: 'loop' },
  '/usr/bin/folder/x': { text: 'x' },
  '/usr/local/bin/mine': { text: 'x' },
  '/opt/tool': { text: 'x' },
  '/bin': { link: 'usr/bin' },
};
const host = tableHost(table);

describe('findCommand', () => {
  // biome-ignore format: a table
  test.each([
    ['ls',        '/usr/bin/ls'],
    ['useradd',   '/usr/sbin/useradd'],
    ['awk',       '/usr/bin/awk'],
    ['/opt/tool', '/opt/tool'],
    ['mine',      undefined],
    ['readme',    undefined],
    ['dangling',  undefined],
    ['loop',      undefined],
    ['folder',    undefined],
    ['gone',      undefined],
    ['/opt/gone', undefined],
  ])('finds %s at %s', (name, path) => {
    expect(findCommand(name, host)).toBe(path);
  });
});

describe('findCommands', () => {
  test('names all that are missing, and apart from them the optional ones', () => {
    const found = findCommands(profile(['ls', 'gone', 'mine'], ['awk', 'nano']), host);
    expect(found.found.map(({ path }) => path)).toEqual(['/usr/bin/ls', '/usr/bin/awk']);
    expect(found).toMatchObject({ missing: ['gone', 'mine'], leftOut: ['nano'] });
  });

  test('takes every program for *, of a merged /bin once', () => {
    const { found, missing } = findCommands(profile(['*'], []), host);
    expect(found.map(({ path }) => path)).toEqual([
      '/usr/bin/awk',
      '/usr/bin/ls',
      '/usr/bin/mawk',
      '/usr/sbin/ls',
      '/usr/sbin/useradd',
    ]);
    expect(missing).toEqual([]);
  });
});

function profile(commands: readonly string[], optional: readonly string[]) {
  return parseProfile('p', { summary: 'x', commands, 'optional-commands': optional });
}
