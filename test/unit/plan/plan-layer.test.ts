import { describe, expect, test } from 'vitest';
import { parseProfile } from '../../../src/domain/parse-profile.ts';
import type { Entry } from '../../../src/manifest/entry.ts';
import { type LayerRequest, planLayer } from '../../../src/plan/plan-layer.ts';
import { type TableFile, tableHost } from '../../support/table-host.ts';
import { thrownBy } from '../../support/thrown.ts';

const loader = '/lib64/ld-linux-x86-64.so.2';
const table: Readonly<Record<string, TableFile>> = {
  '/bin': { link: 'usr/bin' },
  '/lib64': { link: 'usr/lib64' },
  '/usr/lib64/ld-linux-x86-64.so.2': { elf: { soname: 'ld-linux-x86-64.so.2' } },
  '/usr/bin/ls': { elf: { type: 3, interpreter: loader, needed: ['libc.so.6'] } },
  '/usr/bin/lost': { elf: { type: 3, interpreter: loader, needed: ['libgone.so.1'] } },
  '/usr/bin/report': { text: '#!/bin/ls\n' },
  '/usr/lib/x86_64-linux-gnu/libc.so.6': { elf: { soname: 'libc.so.6' } },
  '/usr/lib/x86_64-linux-gnu/security/pam_unix.so': { elf: { soname: 'pam_unix.so', needed: ['libc.so.6'] } },
  '/usr/share/data/table': { text: 'x' },
  '/usr/share/data/.ssh/id_rsa': { text: 'x' },
};

describe('planLayer', () => {
  test('brings the commands, what they load, the loader and its cache', () => {
    const { paths } = planned({ commands: ['report'] });
    expect(paths).toEqual(
      expect.arrayContaining([
        'usr/bin/report',
        'usr/bin/ls',
        'bin',
        'lib64',
        'usr/lib64/ld-linux-x86-64.so.2',
        'usr/lib/x86_64-linux-gnu/libc.so.6',
        'etc/ld.so.cache',
      ]),
    );
    expect(paths).not.toContain('usr/bin/lost');
  });

  test('says of a program what it needs, by paths of the tree', () => {
    const { entries } = planned({ commands: ['ls'] });
    expect(entries.find(({ path }) => path === 'usr/bin/ls')).toMatchObject({
      needs: ['usr/lib/x86_64-linux-gnu/libc.so.6', 'usr/lib64/ld-linux-x86-64.so.2'],
    });
  });

  test('lists all commands the host lacks', () => {
    const error = thrownBy(() => planned({ commands: ['ls', 'gone', 'away'] }));
    expect(error).toMatchObject({ code: 'COMMAND_MISSING', why: 'this host has no gone, away' });
  });

  test('says what to install, where the profile knows it', () => {
    const install = { gone: 'gone-server', away: 'gone-server', ls: 'coreutils' };
    const { mend } = thrownBy(() => planned({ commands: ['ls', 'gone', 'away'], install }));
    expect(mend).toBe(
      'install what holds them (apt-get install gone-server), or list them under optional-commands in the profile',
    );
    const { mend: search } = thrownBy(() => planned({ commands: ['gone'] }));
    expect(search).toContain('(apt-file search bin/gone)');
  });

  test('names the library that is missing and who wants it', () => {
    const error = thrownBy(() => planned({ commands: ['lost'] }));
    expect(error.code).toBe('LIBRARY_MISSING');
    expect(error.message).toContain('libgone.so.1');
    expect(error.message).toContain('/usr/bin/lost');
  });

  test('only tells of it where the whole host is asked for', () => {
    const { paths, notices } = planned({ commands: ['*'] });
    expect(paths).toContain('usr/bin/ls');
    expect(notices.join('\n')).toContain('/usr/bin/lost');
  });

  test('brings PAM modules with what they load', () => {
    const pamModules = ['/usr/lib/x86_64-linux-gnu/security/pam_unix.so'];
    const { paths } = planned({}, { pamModules });
    expect(paths).toContain('usr/lib/x86_64-linux-gnu/security/pam_unix.so');
    expect(paths).toContain('usr/lib/x86_64-linux-gnu/libc.so.6');
  });

  test('leaves out what is denied, and says what and why', () => {
    const { paths, notices } = planned({ files: ['/usr/share/data'], 'optional-files': ['/usr/share/none'] });
    expect(paths).toContain('usr/share/data/table');
    expect(paths).not.toContain('usr/share/data/.ssh/id_rsa');
    expect(notices.join('\n')).toMatch(/private key.*\/usr\/share\/data/u);
    expect(notices.join('\n')).not.toContain('/usr/share/none');
  });

  test('has every folder of the skeleton, and no path twice', () => {
    const { paths } = planned({ commands: ['ls'] });
    expect(paths).toEqual(expect.arrayContaining(['home/z', 'tmp', 'var/mail', 'dev/pts']));
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
  });
});

function planned(profile: Readonly<Record<string, unknown>>, more: Partial<LayerRequest> = {}) {
  const { sections, notices } = planLayer({
    profile: parseProfile('p', { summary: 'x', ...profile }),
    host: tableHost(table),
    packageFiles: new Map(),
    globbed: new Map(),
    pamModules: [],
    ...more,
  });
  const entries: readonly Entry[] = sections(accounts).flatMap((section) => section.entries);
  return { entries, paths: entries.map(({ path }) => path as string), notices };
}

const accounts = {
  users: [{ name: 'root', uid: 0, gid: 0, gecos: '', home: '/root', shell: '/bin/sh' }],
  groups: ['root', 'mail', 'utmp', 'tty'].map((name, gid) => ({ name, gid, members: [] })),
};
