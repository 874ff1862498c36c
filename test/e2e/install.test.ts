import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../support/needs.ts';

const checkout = new URL('../..', import.meta.url).pathname;

describe.runIf(needs('root', { program: 'unshare' }))('scripts/install', () => {
  let folder: string;
  let prefix: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virtfs-install-'));
    await chmod(folder, 0o755);
    prefix = join(folder, "a 'pre' fix");
    await execa('sh', [
      '-c',
      'umask 077; exec "$0" --prefix "$1"',
      join(checkout, 'scripts/install'),
      prefix,
    ]);
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('starts with the runtime it brought, whatever node is on PATH', async () => {
    const other = await makeFailingNode(folder);
    const { stdout } = await execa(join(prefix, 'sbin/virtfs'), ['--version'], {
      env: { PATH: `${other}:/usr/bin:/bin` },
    });
    expect(stdout).toMatch(/^virtfs \d+\.\d+\.\d+$/u);
    const { stdout: help } = await execa(join(prefix, 'bin/virtexec'), ['--help'], { env: { PATH: other } });
    expect(help).toContain('virtexec');
  });

  it('needs nothing of the checkout', async () => {
    const hidden = 'mount -t tmpfs none "$1" && cd / && exec "$0" profiles --json';
    const { stdout } = await execa('unshare', [
      '-m',
      'sh',
      '-c',
      hidden,
      join(prefix, 'sbin/virtfs'),
      checkout,
    ]);
    expect(stdout).toContain('login');
  });

  it('lays files that everyone can read and only root can write, whatever the umask', async () => {
    const unfit = [
      '(',
      '!',
      '-perm',
      '-004',
      '-o',
      '-perm',
      '/022',
      '-o',
      '!',
      '-uid',
      '0',
      '-o',
      '!',
      '-gid',
      '0',
      ')',
    ];
    const shown = ['!', '-type', 'l', '!', '-path', '*/dist/cache/*', ...unfit];
    const { stdout } = await execa('find', [prefix, ...shown]);
    expect(stdout).toBe('');
  });

  it('lays man pages and completions', async () => {
    const { stdout } = await execa('find', [
      '-L',
      join(prefix, 'share'),
      '-type',
      'f',
      '-size',
      '+0',
      '-printf',
      '%P\n',
    ]);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        'man/man8/virtfs.8',
        'man/man8/virtexec.8',
        'man/man5/virtfs.toml.5',
        'man/man5/virtfs-host.5',
        'man/man5/virtfs-profile.5',
        'bash-completion/completions/virtfs',
        'zsh/site-functions/_virtfs',
        'fish/vendor_completions.d/virtfs.fish',
      ]),
    );
  });

  it('replaces an earlier copy, and what only that one had', async () => {
    await symlink('../lib/virtfs/dist/gone.js', join(prefix, 'sbin/gone'));
    await appendFile(join(prefix, 'lib/virtfs/installed-files'), 'link sbin/gone\n');
    await install(prefix);
    expect(await readdir(join(prefix, 'sbin'))).toEqual(['virtfs', 'virtmaild', 'virtuald']);
    expect(await readdir(join(prefix, 'lib'))).toEqual(['virtfs']);
    await execa(join(prefix, 'sbin/virtfs'), ['--version']);
  });

  it('refuses to replace what is not its own', async () => {
    const taken = join(folder, 'taken');
    await mkdir(join(taken, 'sbin'), { recursive: true });
    await writeFile(join(taken, 'sbin/virtfs'), 'mine');
    const { exitCode, stderr } = await execa(join(checkout, 'scripts/install'), ['--prefix', taken], {
      reject: false,
    });
    expect(exitCode).toBe(73);
    expect(stderr).toContain(join(taken, 'sbin/virtfs'));
    const { stdout } = await execa('find', [taken, '-mindepth', '1', '-printf', '%P\n']);
    expect(stdout.split('\n').sort()).toEqual(['sbin', 'sbin/virtfs']);
    expect(await readFile(join(taken, 'sbin/virtfs'), 'utf8')).toBe('mine');
  });

  it('leaves the earlier copy as it was when the disk is full', async () => {
    const small = join(folder, 'small');
    await mkdir(small);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=220m', 'virtfs-test', small]);
    try {
      await install(small);
      const before = await readFile(join(small, 'lib/virtfs/installed-files'), 'utf8');
      const { exitCode } = await execa(join(checkout, 'scripts/install'), ['--prefix', small], {
        reject: false,
      });
      expect(exitCode).not.toBe(0);
      expect(await readdir(join(small, 'lib'))).toEqual(['virtfs']);
      expect(await readFile(join(small, 'lib/virtfs/installed-files'), 'utf8')).toBe(before);
      await execa(join(small, 'sbin/virtfs'), ['--version']);
    } finally {
      await execa('umount', [small]);
    }
  });
});

describe.runIf(needs('root'))('scripts/uninstall', () => {
  let prefix: string;

  beforeAll(async () => {
    prefix = await mkdtemp(join(tmpdir(), 'virtfs-uninstall-'));
    await mkdir(join(prefix, 'share/man'), { recursive: true });
    await writeFile(join(prefix, 'share/man/mine'), 'mine');
    await install(prefix);
  });

  afterAll(() => rm(prefix, { recursive: true }));

  it('removes all that was laid, and nothing else', async () => {
    const { stdout } = await execa(join(prefix, 'lib/virtfs/uninstall'));
    expect(stdout).toContain(prefix);
    const { stdout: left } = await execa('find', [prefix, '-mindepth', '1', '-printf', '%P\n']);
    expect(left.split('\n').sort()).toEqual(['share', 'share/man', 'share/man/mine']);
  });

  it('says so where nothing is installed', async () => {
    const { exitCode, stderr } = await execa(join(checkout, 'scripts/uninstall'), ['--prefix', prefix], {
      reject: false,
    });
    expect(exitCode).toBe(66);
    expect(stderr).toContain('nothing is installed');
  });
});

async function install(prefix: string): Promise<void> {
  await execa(join(checkout, 'scripts/install'), ['--prefix', prefix]);
}

/** A folder whose `node` is of no use. */
async function makeFailingNode(folder: string): Promise<string> {
  const bin = join(folder, 'other-node');
  await mkdir(bin);
  await writeFile(join(bin, 'node'), '#!/bin/sh\nexit 99\n');
  await chmod(join(bin, 'node'), 0o755);
  return bin;
}
