import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { describeCanary, makeCanary } from '../support/canary.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import {
  addBob,
  codeOf,
  domain,
  firstUid,
  removeBob,
  someHash,
  statOf,
  treeTest as test,
  withTree,
} from '../support/tree-users.ts';

describe.runIf(needs('root'))('addUser', () => {
  test('gives a user account, home, Maildir and mailbox', async ({ sandbox, tree }) => {
    const added = await addBob(sandbox, { password: { type: 'hash', hash: someHash } });
    expect(added).toMatchObject({
      uid: firstUid,
      gid: firstUid,
      home: '/home/b/bob',
      password: 'set',
      notices: [],
    });
    expect(statOf(tree, 'home/b/bob')).toBe(`40750 ${firstUid}:${firstUid}`);
    for (const name of ['', '/cur', '/new', '/tmp'])
      expect(statOf(tree, `home/b/bob/Maildir${name}`)).toBe(`40700 ${firstUid}:${firstUid}`);
    expect(statOf(tree, 'home/b/bob/.bashrc')).toBe(`100644 ${firstUid}:${firstUid}`);
    expect(statOf(tree, 'var/mail/bob')).toBe(`100660 ${firstUid}:8`);
    expect(readdirSync(join(tree, 'etc')).filter((name) => /virtfs|\.lock$/u.test(name))).toEqual([
      '.pwd.lock',
    ]);
  });

  test('changes nothing in a dry run, and says the same', async ({ sandbox, tree }) => {
    const before = listTree(tree);
    const dry = await addBob(sandbox, { dryRun: true });
    expect(listTree(tree)).toEqual(before);
    expect({ ...(await addBob(sandbox)), dryRun: true }).toEqual(dry);
  });

  test('takes from a hostile skel what is safe, and says what it left out', async ({ sandbox, tree }) => {
    const skel = join(tree, 'etc/skel');
    const canary = makeCanary(join(sandbox.disk, 'canary'));
    const before = describeCanary(canary);
    symlinkSync(join(canary, 'a'), join(skel, 'away'));
    execFileSync('mkfifo', [join(skel, 'fifo')]);
    execFileSync('mknod', [join(skel, 'device'), 'c', '1', '3']);
    writeFileSync(join(skel, 'setid'), 'x', { mode: 0o755 });
    chmodSync(join(skel, 'setid'), 0o6755);
    mkdirSync(join(skel, 'folder/deep'), { recursive: true });
    chmodSync(join(skel, 'folder'), 0o2777);
    writeFileSync(join(skel, 'folder/deep/file'), 'content');
    const { notices } = await addBob(sandbox);
    const home = join(tree, 'home/b/bob');
    expect(readlinkSync(join(home, 'away'))).toBe(join(canary, 'a'));
    expect(statOf(tree, 'home/b/bob/setid')).toBe(`100755 ${firstUid}:${firstUid}`);
    expect(statOf(tree, 'home/b/bob/folder')).toBe(`40777 ${firstUid}:${firstUid}`);
    expect(readFileSync(join(home, 'folder/deep/file'), 'utf8')).toBe('content');
    expect([existsSync(join(home, 'fifo')), existsSync(join(home, 'device'))]).toEqual([false, false]);
    expect(
      notices
        .filter((notice) => notice.startsWith('etc/skel/'))
        .map((notice) => notice.split(' ')[0])
        .sort(),
    ).toEqual(['etc/skel/device', 'etc/skel/fifo']);
    expect(describeCanary(canary)).toBe(before);
  });

  test('follows no link as skel', async ({ sandbox, tree }) => {
    const canary = makeCanary(join(sandbox.disk, 'canary'));
    rmSync(join(tree, 'etc/skel'), { recursive: true });
    symlinkSync(canary, join(tree, 'etc/skel'));
    await addBob(sandbox);
    expect(readdirSync(join(tree, 'home/b/bob'))).toEqual(['Maildir']);
  });

  test.each([
    [
      'too many names',
      (skel: string) => {
        for (let index = 0; index < 1001; index++) writeFileSync(join(skel, `f${index}`), '');
      },
    ],
    [
      'too much in it',
      (skel: string) => {
        writeFileSync(join(skel, 'large'), '');
        truncateSync(join(skel, 'large'), 17 << 20);
      },
    ],
    [
      'folders without end',
      (skel: string) => {
        mkdirSync(join(skel, 'd/'.repeat(20)), { recursive: true });
      },
    ],
  ] as const)('adds nobody where skel has %s', async (_what, fill) => {
    await withTree(async (sandbox, tree) => {
      fill(join(tree, 'etc/skel'));
      expect(await codeOf(addBob(sandbox))).toBe('TREE_UNSAFE');
      expect(readdirSync(join(tree, 'home/b'))).toEqual([]);
      expect(readFileSync(join(tree, 'etc/passwd'), 'utf8')).not.toContain('bob');
    });
  });

  test('never touches a home or mailbox that is there, and says so', async ({ sandbox, tree }) => {
    const home = join(tree, 'home/b/bob');
    mkdirSync(home, { mode: 0o700 });
    writeFileSync(join(home, 'kept'), 'x');
    chownSync(home, 200_500, 200_500);
    writeFileSync(join(tree, 'var/mail/bob'), 'mail', { mode: 0o600 });
    const before = listTree(tree).filter((line) => /^(?:home|var)\//u.test(line));
    const { notices } = await addBob(sandbox);
    expect(listTree(tree).filter((line) => /^(?:home|var)\//u.test(line))).toEqual(before);
    expect(notices).toEqual([
      expect.stringContaining('/home/b/bob was there already and belongs to user 200500'),
      expect.stringContaining('/var/mail/bob was there already and belongs to user 0'),
    ]);
  });

  test('gives nobody the number of a removed user whose home is still there', async ({ sandbox }) => {
    expect((await addBob(sandbox)).uid).toBe(firstUid);
    await removeBob(sandbox, {});
    expect((await addBob(sandbox, { name: 'carl' })).uid).toBe(firstUid + 1);
  });

  test.each(['home', 'home/b', 'var/mail'])('is led nowhere by a link as %s', async (path) => {
    await withTree(async (sandbox, tree) => {
      const canary = makeCanary(join(sandbox.disk, 'canary'));
      const before = describeCanary(canary);
      renameSync(join(tree, path), join(tree, 'moved'));
      symlinkSync(canary, join(tree, path));
      const code = await codeOf(addBob(sandbox, { name: 'bob' }));
      expect(code).toBe(path === 'var/mail' ? undefined : 'TREE_UNSAFE');
      expect(describeCanary(canary)).toBe(before);
    });
  });

  test('shows an FTP server where to shut a guest in', async ({ sandbox, tree }) => {
    await addBob(sandbox, { name: 'guest1', home: '/home/g/guest1/./incoming' });
    expect(statOf(tree, 'home/g/guest1')).toBe('40755 0:0');
    expect(statOf(tree, 'home/g/guest1/incoming')).toBe(`40750 ${firstUid}:${firstUid}`);
    expect(readFileSync(join(tree, 'etc/passwd'), 'utf8')).toContain(':/home/g/guest1/./incoming:');
  });

  test('says so when the tree lacks the shell', async ({ sandbox }) => {
    expect((await addBob(sandbox, { shell: '/bin/sh' })).notices).toEqual([]);
    expect((await addBob(sandbox, { name: 'carl', shell: '/bin/fish' })).notices).toEqual([
      expect.stringContaining('/bin/fish'),
    ]);
  });

  test('adds nobody to a tree that virtfs did not make', async ({ sandbox }) => {
    rmSync(join(sandbox.root, `.virtfs/domains/${domain}.json`));
    expect(await codeOf(addBob(sandbox))).toBe('BAD_RECORD');
  });

  test('says so when the tree was renamed meanwhile', async ({ sandbox, tree }) => {
    rmSync(join(tree, 'etc/.pwd.lock'), { force: true });
    writeFileSync(join(tree, 'etc/passwd.lock'), `${process.ppid}\0`);
    const adding = codeOf(addBob(sandbox));
    renameSync(tree, join(sandbox.root, 'other.org'));
    rmSync(join(sandbox.root, 'other.org/etc/passwd.lock'));
    expect(await adding).toBe('DOMAIN_MISSING');
  });
});
