import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { parseProfile } from '../../../src/domain/parse-profile.ts';
import {
  decideLack,
  isOfPrograms,
  isTriedByAll,
  renderProfileLines,
  withoutFoldersOfOthers,
} from '../../../src/plan/decide-lack.ts';

const file = { type: 'file', isProgram: false } as const;
const program = { type: 'file', isProgram: true } as const;

describe('decideLack', () => {
  // biome-ignore format: a table
  test.for<[candidate: Parameters<typeof decideLack>[0], lack: object]>([
    [{ path: '/usr/bin/curl', real: '/usr/bin/curl', ...program },          { kind: 'program', key: 'commands', value: 'curl' }],
    [{ path: '/bin/vi', real: '/usr/bin/vim.tiny', ...program },            { kind: 'program', key: 'commands', value: 'vi' }],
    [{ path: '/usr/lib/git-core/git-x', real: '/usr/lib/git-core/git-x', ...program }, { kind: 'program', key: 'files', value: '/usr/lib/git-core/git-x' }],
    [{ path: '/usr/lib/liba.so.1', real: '/usr/lib/liba.so.1.2', ...program }, { kind: 'library', key: 'files' }],
    [{ path: '/etc/mime.types', real: '/etc/mime.types', ...file },         { kind: 'file', key: 'files', value: '/etc/mime.types' }],
    [{ path: '/usr/share/a[b]*', real: '/usr/share/a[b]*', ...file },       { key: 'files', value: '/usr/share/a?b??' }],
    [{ path: '/usr/share/zoneinfo', real: '/usr/share/zoneinfo', type: 'dir', isProgram: false }, { kind: 'folder', key: 'files' }],
    [{ path: '/opt/tool', real: '/opt/tool', type: 'dir', isProgram: false }, { kind: 'folder', key: 'files' }],
    [{ path: '/opt', real: '/opt', type: 'dir', isProgram: false }, { kind: 'folder', key: 'directories' }],
    [{ path: '/usr/share', real: '/usr/share', type: 'dir', isProgram: false }, { kind: 'folder', key: 'directories' }],
  ])('finds the place of $0.path in a profile', ([candidate, lack]) => {
    expect(decideLack(candidate)).toMatchObject({ path: candidate.path, ...lack });
    expect(decideLack(candidate)).not.toHaveProperty('denied');
  });

  // biome-ignore format: a table
  test.for<[path: string, real: string, why: string]>([
    ['/etc/shadow',          '/etc/shadow',          'password hashes'],
    ['/etc/ssl/server.pem',  '/etc/ssl/private/s.pem', 'private keys'],
    ['/usr/local/bin/tool',  '/usr/local/bin/tool',  '/usr/local stays out'],
  ])('says why no tree may have %s, and offers no line for it', ([path, real, why]) => {
    const lack = decideLack({ path, real, ...program });
    expect(lack.denied).toContain(why);
    expect(renderProfileLines([lack])).toEqual([]);
  });
});

test('renderProfileLines writes lines that a profile can have', () => {
  const names = ['/usr/bin/a', '/usr/bin/a', '/etc/q"\\\u007f', '/opt'];
  const lacks = names.map((path) =>
    decideLack({ path, real: path, type: path === '/opt' ? 'dir' : 'file', isProgram: true }),
  );
  const lines = renderProfileLines(lacks);
  const profile = parse(`summary = "x"\n${lines.join('\n')}`);
  expect(profile).toMatchObject({
    commands: ['a'],
    files: ['/etc/q"?\u007f'],
    directories: [{ path: '/opt' }],
  });
  const plain = renderProfileLines(lacks.filter(({ path }) => !path.includes('"')));
  expect(parseProfile('x', parse(`summary = "x"\n${plain.join('\n')}`))).toMatchObject({ commands: ['a'] });
});

test('withoutFoldersOfOthers leaves out the folder of a file that is lacking too', () => {
  const lacks = [
    { path: '/usr/share', kind: 'folder' },
    { path: '/usr/share/a', kind: 'file' },
    { path: '/usr/sharea', kind: 'folder' },
  ] as const;
  expect(withoutFoldersOfOthers(lacks).map(({ path }) => path)).toEqual(['/usr/share/a', '/usr/sharea']);
});

test.each([
  ['/usr/lib/locale/C.UTF-8/LC_TIME', true],
  ['/usr/share/locale/de/LC_MESSAGES/ls.mo', true],
  ['/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/liba.so', true],
  ['/usr/lib/x86_64-linux-gnu/liba.so', false],
  ['/usr/share/locales', false],
])('isTriedByAll knows whether any program tries %s', (path, answer) => {
  expect(isTriedByAll(path)).toBe(answer);
});

test.each([
  ['/usr/bin/a', true],
  ['/etc', true],
  ['/net/server/a', false],
  ['/proc/1/root/etc', false],
  ['/home/a', false],
  ['/usrx/a', false],
])('isOfPrograms knows whether the host may be asked for %s', (path, answer) => {
  expect(isOfPrograms(path)).toBe(answer);
});
