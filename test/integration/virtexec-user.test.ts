import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MiniRoot, makeMiniRoot } from '../support/make-mini-root.ts';
import { needs } from '../support/needs.ts';
import { runVirtexec } from '../support/run-virtexec.ts';

describe.runIf(needs('root', { program: 'gcc' }))('virtexec --user', () => {
  let root: MiniRoot;
  const as = (user: string, ...words: string[]) =>
    runVirtexec(['--root', root.path, '--domain', 'a.example', '--user', user, 'probe', ...words]);

  beforeAll(() => {
    root = makeMiniRoot();
    root.addTree('a.example');
    root.addTree('by-hand.example');
    root.addRecord('a.example', 'copy');
  });
  afterAll(() => root[Symbol.dispose]());

  test.each(['bob', '70001'])(
    "runs as %s of the tree's passwd, with the groups of its group file and no capability",
    (user) => {
      const { out, status } = as(user, 'file', '/proc/self/status');
      expect(status).toBe(0);
      expect(out).toMatch(/^Uid:\t70001\t70001\t70001\t70001\nGid:\t70001\t70001\t70001\t70001\n/mu);
      expect(out).toMatch(/^Groups:\t8 70010 \n/mu);
      expect(out).toMatch(
        /^CapInh:\t0+\nCapPrm:\t0+\nCapEff:\t0+\nCapBnd:\t00000000200004fb\nCapAmb:\t0+\n/mu,
      );
      expect(out).toMatch(/^NoNewPrivs:\t0\n/mu);
    },
  );

  test('gives the user its own home, shell and name', () => {
    expect(as('bob', 'env').out.split('\n')).toEqual(
      expect.arrayContaining(['HOME=/home/b/bob', 'SHELL=/bin/rbash', 'USER=bob', 'LOGNAME=bob']),
    );
  });

  test('runs as a system account', () => {
    expect(as('www-data', 'file', '/proc/self/status').out).toMatch(/^Uid:\t33\t/mu);
  });

  test.each([
    ['toor', 'user id 0'],
    ['wheel', 'group id 0'],
    ['hostuser', 'user id 1000'],
    ['1000', 'user id 1000'],
    ['neighbour', 'user id 80000'],
    ['joiner', 'the id 1000 of its group hosts'],
    ['root', 'user id 0'],
    ['0', 'user id 0'],
  ])('does not run as %s', (user, why) => {
    const ended = as(user, 'create', '/tmp/ran');
    expect(ended).toMatchObject({ status: 77, out: '' });
    expect(ended.err).toContain(`${why} is neither`);
    expect(ended.err).toContain('[USER_FORBIDDEN]');
  });

  test.each(['nobody-here', '70099', '', 'bob:x'])('knows no user %j', (user) => {
    const ended = as(user, 'env');
    expect(ended.status).toBe(user === '' ? 64 : 67);
    expect(ended.out).toBe('');
  });

  test('in a tree made by hand allows system accounts alone', () => {
    const here = (user: string) =>
      runVirtexec(['--root', root.path, '--domain', 'by-hand.example', '--user', user, 'probe', 'exit', '0'])
        .status;
    expect(here('www-data')).toBe(0);
    expect(here('bob')).toBe(77);
  });

  test.each([
    ['a FIFO', (path: string) => execFileSync('mkfifo', [path])],
    ['a link', (path: string) => symlinkSync('/etc/passwd', path)],
    ['a device', (path: string) => execFileSync('mknod', [path, 'c', '1', '3'])],
    ['larger than any', (path: string) => execFileSync('truncate', ['-s', '9M', path])],
  ])('does not read a passwd that is %s', (_what, make) => {
    const tree = root.addTree('odd.example');
    const passwd = join(tree, 'etc/passwd');
    rmSync(passwd);
    make(passwd);
    for (const user of [[], ['--user', 'bob']]) {
      const ended = runVirtexec([
        '--root',
        root.path,
        '--domain',
        'odd.example',
        ...user,
        'probe',
        'exit',
        '0',
      ]);
      expect(ended).toMatchObject({ status: 77, out: '' });
      expect(ended.err).toContain('cannot read etc/passwd of the tree');
    }
    rmSync(tree, { recursive: true });
  });

  test('root of a tree without passwd has the usual home and shell', () => {
    rmSync(join(root.path, 'by-hand.example/etc/passwd'));
    const { out } = runVirtexec(['--root', root.path, '--domain', 'by-hand.example', 'probe', 'env']);
    expect(out).toContain('HOME=/root\n');
    expect(out).toContain('SHELL=/bin/sh\n');
  });

  test('does not run anything on a broken record', () => {
    root.addTree('broken.example');
    writeFileSync(join(root.path, '.virtfs/domains/broken.example.json'), '{"version":1');
    const ended = runVirtexec(['--root', root.path, '--domain', 'broken.example', 'probe', 'exit', '0']);
    expect(ended.status).toBe(65);
    expect(ended.err).toContain('[BAD_RECORD]');
  });
});
