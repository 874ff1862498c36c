import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { fingerprint, walk } from '../support/list-tree.ts';
import { appendTo, forge, putCapabilities, putSetId, relink, replace } from '../support/meddle.ts';
import { needs } from '../support/needs.ts';
import { checkAll, listFindings, makeOne } from '../support/run-check.ts';
import { create } from '../support/run-create.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

const key = `-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n`;

describe.runIf(needs('root', { program: 'setcap' }))('checkDomains, trees', () => {
  for (const link of ['hardlink', 'copy'] as const) {
    sandboxTest(`finds nothing in trees just made by ${link}, and changes nothing`, async ({ sandbox }) => {
      await create({ settings: sandbox.settings, domains: ['a.org', 'b.org'], link, profiles: ['small'] });
      const before = describeAll(sandbox);
      for (const deep of [false, true]) expect(await listFindings(sandbox, { deep })).toEqual([]);
      expect(describeAll(sandbox)).toEqual(before);
    });
  }

  sandboxTest('finds what is wrong with system files', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    unlinkSync(join(tree, 'usr/bin/cat'));
    appendTo(join(tree, 'usr/bin/ls'), '\n');
    replace(join(tree, 'usr/bin/id'), 'mode', (path) => chmodSync(path, 0o700));
    replace(join(tree, 'usr/bin/mkdir'), 'owner', (path) => chownSync(path, 1000, 0));
    unlinkSync(join(tree, 'usr/bin/true'));
    symlinkSync('ls', join(tree, 'usr/bin/true'));
    relink(join(tree, 'dev/fd'), '/etc');
    writeFileSync(join(tree, 'etc/ld.so.cache'), '');
    rmSync(join(tree, 'usr/lib'), { recursive: true });
    chmodSync(join(tree, 'usr'), 0o777);
    expect(await listFindings(sandbox)).toEqual([
      'a.org dev/fd changed',
      'a.org etc/ld.so.cache changed',
      'a.org usr foreign-mode',
      'a.org usr/bin/cat missing',
      'a.org usr/bin/id foreign-mode',
      'a.org usr/bin/ls changed',
      'a.org usr/bin/mkdir foreign-owner',
      'a.org usr/bin/true wrong-type',
      'a.org usr/lib missing',
    ]);
  });

  sandboxTest('leaves to the domain what is its own', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    for (const name of ['etc/hosts', 'etc/skel/.profile', 'var/log/wtmp']) unlinkSync(join(tree, name));
    appendTo(join(tree, 'etc/passwd'), 'anna:x:200001:200001::/home/a/anna:/bin/sh\n');
    appendTo(join(tree, 'etc/resolv.conf'), 'search a.org\n');
    chmodSync(join(tree, 'home/a/admin'), 0o777);
    rmSync(join(tree, 'home/z'), { recursive: true });
    relink(join(tree, 'etc/os-release'), '../usr/nowhere');
    for (const name of ['usr/local/bin', 'srv/app', 'opt/own'])
      mkdirSync(join(tree, name), { recursive: true });
    for (const name of ['usr/local/bin/tool', 'usr/bin/mine', 'opt/own/x'])
      writeFileSync(join(tree, name), 'x');
    symlinkSync('nowhere', join(tree, 'home/a/dangling'));
    expect(await listFindings(sandbox, { deep: true })).toEqual([]);
  });

  sandboxTest(
    'finds accounts, PAM and nsswitch.conf that are gone or open to others',
    async ({ sandbox }) => {
      const tree = await makeOne(sandbox);
      chmodSync(join(tree, 'etc/passwd'), 0o666);
      chmodSync(join(tree, 'etc/shadow'), 0o644);
      chownSync(join(tree, 'etc/group'), 200_000, 0);
      unlinkSync(join(tree, 'etc/gshadow'));
      unlinkSync(join(tree, 'etc/nsswitch.conf'));
      rmSync(join(tree, 'etc/pam.d'), { recursive: true });
      expect(await listFindings(sandbox)).toEqual([
        'a.org etc/group foreign-owner',
        'a.org etc/gshadow missing',
        'a.org etc/nsswitch.conf missing',
        'a.org etc/pam.d missing',
        'a.org etc/passwd foreign-mode',
        'a.org etc/shadow foreign-mode',
      ]);
    },
  );

  sandboxTest('finds set-id files, capabilities and devices anywhere', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    const home = join(tree, 'home/a/admin');
    for (const name of ['su', 'sg', 'caps']) copyFileSync('/bin/true', join(home, name));
    chmodSync(join(home, 'su'), 0o4755);
    chmodSync(join(home, 'sg'), 0o2755);
    putCapabilities(join(home, 'caps'));
    copyFileSync('/bin/true', join(tree, 'var/www/html/page'));
    chmodSync(join(tree, 'var/www/html/page'), 0o4711);
    execFileSync('mknod', [join(home, 'mem'), 'c', '1', '1']);
    execFileSync('mknod', [join(tree, 'tmp/disk'), 'b', '8', '0']);
    unlinkSync(join(tree, 'dev/null'));
    execFileSync('mknod', ['-m', '666', join(tree, 'dev/null'), 'c', '1', '1']);
    replace(join(tree, 'usr/bin/ls'), 'bits', (path) => chmodSync(path, 0o4755));
    expect(await listFindings(sandbox)).toEqual([
      'a.org dev/null device',
      'a.org home/a/admin/caps capabilities',
      'a.org home/a/admin/mem device',
      'a.org home/a/admin/sg set-id',
      'a.org home/a/admin/su set-id',
      'a.org tmp/disk device',
      'a.org usr/bin/ls set-id',
      'a.org var/www/html/page set-id',
    ]);
  });

  sandboxTest(
    'tells a thousand of what people can make without end, and counts the rest',
    async ({ sandbox }) => {
      const tree = await makeOne(sandbox);
      mkdirSync(join(tree, 'home/a/many'));
      for (let at = 0; at < 1005; at++) {
        writeFileSync(join(tree, `home/a/many/${at}`), '');
        chmodSync(join(tree, `home/a/many/${at}`), 0o4755);
      }
      const { findings } = await checkAll(sandbox);
      expect(findings).toHaveLength(1001);
      expect(findings.at(-1)).toMatchObject({
        kind: 'set-id',
        path: '',
        what: expect.stringMatching(/^5 more/u),
      });
    },
  );

  sandboxTest('finds secrets in configuration, and not in homes', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    mkdirSync(join(tree, 'etc/ssl'));
    for (const name of ['etc/ssl/open.pem', 'etc/ssl/kept.pem', 'etc/hosts', 'home/a/admin/id', 'tmp/key'])
      writeFileSync(join(tree, name), key);
    chmodSync(join(tree, 'etc/ssl/kept.pem'), 0o640);
    appendTo(join(tree, 'etc/shadow'), `anna:$6$saltsalt$${'a'.repeat(86)}:1::::::\n`);
    copyFileSync(join(tree, 'etc/shadow'), join(tree, 'etc/shadow-'));
    chmodSync(join(tree, 'etc/shadow-'), 0o640);
    appendTo(join(tree, 'etc/passwd'), `eve:$6$saltsalt$${'a'.repeat(86)}:0:0::/:/bin/sh\n`);
    expect(await listFindings(sandbox)).toEqual([
      'a.org etc/hosts secret',
      'a.org etc/passwd secret',
      'a.org etc/ssl/open.pem secret',
    ]);
  });

  sandboxTest('finds a private file of the host in a tree, however it is kept there', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    const folder = `virtfs-test-${process.pid}`;
    mkdirSync(`/etc/${folder}`);
    try {
      writeFileSync(`/etc/${folder}/key`, key, { mode: 0o600 });
      cpSync(`/etc/${folder}`, join(tree, 'etc', folder), { recursive: true });
      expect(lstatSync(join(tree, 'etc', folder, 'key')).mode & 0o077).toBe(0);
      const { findings } = await checkAll(sandbox);
      expect(findings).toMatchObject([{ kind: 'secret', what: expect.stringContaining("host's own") }]);
    } finally {
      rmSync(`/etc/${folder}`, { recursive: true });
    }
  });

  sandboxTest('takes the marks of keys in a program for what they are', async ({ sandbox, hostFolder }) => {
    const program = join(hostFolder, 'program');
    copyFileSync('/bin/true', program);
    appendTo(program, key);
    chmodSync(program, 0o700);
    sandbox.putProfile('app', `summary = "x"\nfiles = ["${hostFolder}"]\n`);
    await makeOne(sandbox, { profiles: ['small', 'app'] });
    expect(await listFindings(sandbox)).toEqual([]);
  });

  sandboxTest('finds laid links whose end is gone', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    rmSync(join(tree, 'run/lock'), { recursive: true });
    expect(await listFindings(sandbox)).toEqual(['a.org var/lock dangling-link']);
  });

  sandboxTest('finds a new version of a file that waits, and what is mounted', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    writeFileSync(join(tree, 'etc/hosts.virtfs-new'), '');
    writeFileSync(join(tree, 'home/a/hosts.virtfs-new'), '');
    mkdirSync(join(sandbox.disk, 'other'));
    putSetId(join(sandbox.disk, 'other/su'));
    execFileSync('mount', ['--bind', join(sandbox.disk, 'other'), join(tree, 'home/b')]);
    execFileSync('mount', ['--bind', join(sandbox.disk, 'other/su'), join(tree, 'etc/hosts')]);
    expect(await listFindings(sandbox)).toEqual([
      'a.org etc/hosts mount',
      'a.org etc/hosts.virtfs-new waiting',
      'a.org home/b mount',
    ]);
  });

  sandboxTest('finds a file that has the bytes’ number and time of the right one', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    const path = join(tree, 'usr/bin/cat');
    forge(path);
    expect(await listFindings(sandbox)).toEqual(['a.org usr/bin/cat changed']);
  });

  sandboxTest('goes by size and time in a tree of copies, unless it is to read all', async ({ sandbox }) => {
    const tree = await makeOne(sandbox, { link: 'copy' });
    forge(join(tree, 'usr/bin/cat'));
    // Without the time of the store's file it is read, and found to be right.
    utimesSync(join(tree, 'usr/bin/id'), 1, 1);
    expect(await listFindings(sandbox)).toEqual([]);
    expect(await listFindings(sandbox, { deep: true })).toEqual(['a.org usr/bin/cat changed']);
    utimesSync(join(tree, 'usr/bin/cat'), 1, 1);
    expect(await listFindings(sandbox)).toEqual(['a.org usr/bin/cat changed']);
  });
});

/** All of a root but the times of reading. */
function describeAll({ root }: Sandbox): readonly string[] {
  return ['', ...walk(root).map(({ path }) => path)].map((path) => fingerprint(join(root, path)));
}
