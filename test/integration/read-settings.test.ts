import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { readProfiles } from '../../src/host/read-profiles.ts';
import { readSettings } from '../../src/host/read-settings.ts';
import { readTemplates } from '../../src/host/read-templates.ts';
import { needs } from '../support/needs.ts';

const test = base.extend<{ dir: string; put: (name: string, text: string, mode?: number) => string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names from here
  dir: async ({}, use) => {
    const dir = mkdtempSync(join(tmpdir(), 'virtfs-'));
    await use(dir);
    rmSync(dir, { recursive: true });
  },
  put: async ({ dir }, use) => {
    await use((name, text, mode = 0o644) => {
      const path = join(dir, name);
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, text);
      chmodSync(path, mode);
      return path;
    });
  },
});

describe('readSettings', () => {
  test('has an answer for everything without a file', async ({ dir }) => {
    expect(await readSettings({ VIRTFS_CONFIG_DIR: dir })).toMatchObject({
      root: '/virtual',
      roots: ['/virtual'],
      profilesDir: join(dir, 'profiles'),
      defaultProfile: 'login',
      link: 'auto',
    });
  });

  test('takes --root before VIRTFS_ROOT before the file, and what was named for the call stands alone', async ({
    dir,
    put,
  }) => {
    put('virtfs.toml', 'root = "/a/"\nroots = ["/b//c"]\n');
    const env = { VIRTFS_CONFIG_DIR: dir };
    expect(await readSettings(env)).toMatchObject({ root: '/a', roots: ['/a', '/b/c'] });
    expect(await readSettings({ ...env, VIRTFS_ROOT: '/c/../d/' })).toMatchObject({
      root: '/d',
      roots: ['/d'],
    });
    expect(await readSettings({ ...env, VIRTFS_ROOT: '' })).toMatchObject({ root: '/a' });
    expect(await readSettings({ ...env, VIRTFS_ROOT: '/c' }, '/e')).toMatchObject({
      root: '/e',
      roots: ['/e'],
    });
  });

  test('says where the TOML is wrong', async ({ dir, put }) => {
    put('virtfs.toml', 'root = "/a"\nlink = \n');
    await expect(readSettings({ VIRTFS_CONFIG_DIR: dir })).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      why: expect.stringMatching(/^line 2, column \d+: /u),
    });
  });

  test.each([{ VIRTFS_ROOT: 'trees' }, { VIRTFS_CONFIG_DIR: 'etc' }])(
    'refuses %j, which is not absolute',
    async (env) => {
      await expect(readSettings(env)).rejects.toMatchObject({ code: 'BAD_USAGE' });
    },
  );

  test.for([0o664, 0o646, 0o666])(
    'refuses a file that others may write: mode %i in decimal',
    async (mode, { dir, put }) => {
      put('virtfs.toml', '', mode);
      await expect(readSettings({ VIRTFS_CONFIG_DIR: dir })).rejects.toMatchObject({
        code: 'BAD_CONFIG',
        why: 'others may write it',
      });
    },
  );

  test.runIf(needs('root'))(
    'refuses a file of another user, by whatever link it is reached',
    async ({ dir, put }) => {
      const path = put('elsewhere.toml', '');
      chownSync(path, 1234, 1234);
      symlinkSync(path, join(dir, 'virtfs.toml'));
      await expect(readSettings({ VIRTFS_CONFIG_DIR: dir })).rejects.toMatchObject({
        code: 'BAD_CONFIG',
        why: 'it belongs to user 1234',
      });
    },
  );

  test('does not wait for ever at a FIFO', async ({ dir }) => {
    execFileSync('mkfifo', [join(dir, 'virtfs.toml')]);
    await expect(readSettings({ VIRTFS_CONFIG_DIR: dir })).rejects.toMatchObject({
      why: 'it is not a regular file',
    });
  });

  test('refuses a file larger than any settings are', async ({ dir, put }) => {
    put('virtfs.toml', '#'.repeat(1024 * 1024 + 1));
    await expect(readSettings({ VIRTFS_CONFIG_DIR: dir })).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });
});

describe('readProfiles', () => {
  test('has the built-in ones, sorted', async ({ dir }) => {
    const known = await readProfiles(await readSettings({ VIRTFS_CONFIG_DIR: dir }));
    const names = [...known.keys()];
    expect(names).toEqual(names.toSorted());
    expect(names).toEqual(expect.arrayContaining(['howto', 'login', 'minimal']));
    expect([...known.values()].every(({ builtIn }) => builtIn)).toBe(true);
  });

  test('adds the administrator’s, and puts one in the place of a built-in one', async ({ dir, put }) => {
    put('profiles/minimal.toml', 'summary = "mine"\n');
    put('profiles/web.toml', 'summary = "web"\n');
    const known = await readProfiles(await readSettings({ VIRTFS_CONFIG_DIR: dir }));
    expect([...known.keys()]).toEqual(expect.arrayContaining(['howto', 'login', 'minimal', 'web']));
    expect(known.get('minimal')).toMatchObject({
      builtIn: false,
      profile: { summary: 'mine', commands: [] },
    });
  });

  test('refuses one that others may write', async ({ dir, put }) => {
    put('profiles/web.toml', 'summary = "web"\n', 0o666);
    const settings = await readSettings({ VIRTFS_CONFIG_DIR: dir });
    await expect(readProfiles(settings)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });
});

describe('readTemplates', () => {
  test('puts the administrator’s in the place of the built-in ones, and leaves editors’ leavings out', async ({
    dir,
    put,
  }) => {
    put('etc/protocols', 'mine');
    put('etc/skel/.vimrc', 'set nu');
    put('etc/motd~', 'old');
    put('profile-etc/ftpusers', 'root\nmail\n');
    put('profile-etc/mine.conf', 'x');
    const { texts, site, ofProfiles } = readTemplates(await readSettings({ VIRTFS_CONFIG_DIR: dir }));
    expect(texts.get('protocols')).toBe('mine');
    expect(texts.get('skel/.vimrc')).toBe('set nu');
    expect([...site]).toEqual(['protocols', 'skel/.vimrc']);
    expect([...texts.keys()]).toContain('services');
    expect(ofProfiles.texts.get('ftpusers')).toBe('root\nmail\n');
    expect([...ofProfiles.site]).toEqual(['ftpusers', 'mine.conf']);
    expect([...ofProfiles.texts.keys()]).toContain('vsftpd.conf.eta');
    expect([...texts.keys()]).not.toContain('vsftpd.conf.eta');
  });

  test('refuses one that others may write', async ({ dir, put }) => {
    put('etc/motd', 'x', 0o622);
    const settings = await readSettings({ VIRTFS_CONFIG_DIR: dir });
    expect(() => readTemplates(settings)).toThrow(/others may write it/u);
  });
});
