import { existsSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLandlockVersion } from '../../src/linux/landlock.ts';
import { type MiniRoot, makeMiniRoot } from '../support/make-mini-root.ts';
import { needs } from '../support/needs.ts';
import { type Ended, runProgram, runVirtexec, virtexecScript } from '../support/run-virtexec.ts';

const arm = process.arch === 'arm64';
const eperm = '1';

// biome-ignore format: a table
/** Calls denied to the whole process, and the step that must stop because of it. Numbers: x86-64, AArch64. */
const deniedCalls: readonly (readonly [call: string, x64: number, arm64: number, step: string])[] = [
  ['prctl',                   157, 167, 'keep others from tracing it'],
  ['unshare',                 272,  97, 'make mounts, host name and IPC of its own'],
  ['mount',                   165,  40, 'keep its mounts away from the host'],
  ['sethostname',             170, 161, 'set the host name'],
  ['open_tree',               428, 428, 'make a mount of the tree'],
  ['move_mount',              429, 429, 'make a mount of the tree'],
  ['fsopen',                  430, 430, 'mount /proc'],
  ['fsconfig',                431, 431, 'mount /proc'],
  ['fsmount',                 432, 432, 'mount /proc'],
  ['mount_setattr',           442, 442, 'make the shared folders read-only'],
  ['fchdir',                   81,  50, 'change the root directory'],
  ['chroot',                  161,  51, 'change the root directory'],
  ['landlock_create_ruleset', 444, 444, 'restrict it by Landlock'],
  ['landlock_restrict_self',  446, 446, 'restrict it by Landlock'],
  ['setgroups',               116, 159, 'change user and groups'],
  ['setresgid',               119, 149, 'change user and groups'],
  ['setresuid',               117, 147, 'change user and groups'],
  ['capset',                  126,  91, 'drop capabilities'],
  ['getgroups',               115, 158, 'make sure of user and groups'],
  ['close_range',             436, 436, 'close descriptors'],
];

describe.runIf(needs('root', { program: 'gcc' }, { program: 'setpriv' }))(
  'when a step of the isolation fails',
  () => {
    let root: MiniRoot;
    const words = (domain: string) => [
      '--root',
      root.path,
      '--domain',
      domain,
      'probe',
      'create',
      '/tmp/ran',
    ];
    const virtexec = (domain: string) => [process.execPath, virtexecScript, ...words(domain)];

    beforeAll(() => {
      root = makeMiniRoot();
      root.addTree('a.example');
    });
    afterAll(() => root[Symbol.dispose]());

    function expectNothingRan(ended: Ended, domain: string, step: string): void {
      expect(ended.err).toContain(`could not ${step}: `);
      expect(ended.err).toContain('[ISOLATION_FAILED]');
      expect(ended).toMatchObject({ status: 71, signal: null, out: '' });
      expect(existsSync(join(root.path, domain, 'tmp/ran'))).toBe(false);
    }

    test.each(
      deniedCalls.filter(([call]) => call !== 'landlock_restrict_self' || readLandlockVersion() >= 2),
    )('nothing runs without %s', (_call, x64, arm64, step) => {
      const number = String(arm ? arm64 : x64);
      expectNothingRan(
        runProgram([root.probe, 'deny', number, eperm, ...virtexec('a.example')]),
        'a.example',
        step,
      );
    });

    test.each([
      ['sys_admin', 'make mounts, host name and IPC of its own'],
      ['sys_chroot', 'change the root directory'],
      ['setpcap', 'limit capabilities for good'],
      ['setgid', 'change user and groups'],
    ])('nothing runs without CAP_%s', (name, step) => {
      const ended = runProgram([
        'setpriv',
        `--bounding-set=-${name}`,
        `--inh-caps=-${name}`,
        ...virtexec('a.example'),
      ]);
      expectNothingRan(ended, 'a.example', step);
    });

    test('nothing runs on a kernel that filters no calls', () => {
      const ended = runProgram([root.probe, 'deny-seccomp', ...virtexec('a.example')]);
      expectNothingRan(ended, 'a.example', 'install the seccomp filter');
    });

    test.each([
      ['proc', '/proc', 'mount /proc'],
      ['proc', 'etc', 'mount /proc'],
      ['dev/pts', '../etc', 'mount /dev/pts'],
      ['dev', 'etc', 'mount /dev/pts'],
      ['usr', 'etc', 'make the shared folders read-only'],
      ['lib', 'home', 'make the shared folders read-only'],
      ['sbin', 'usr/../home', 'make the shared folders read-only'],
    ])('nothing runs in a tree whose %s is a link to %s', (path, target, step) => {
      const tree = root.addTree('bent.example');
      rmSync(join(tree, path), { recursive: true, force: true });
      symlinkSync(target, join(tree, path));
      expectNothingRan(runVirtexec(words('bent.example')), 'bent.example', step);
      rmSync(tree, { recursive: true });
    });

    test('nothing runs in a tree whose proc is a file', () => {
      const tree = root.addTree('bent.example');
      rmdirSync(join(tree, 'proc'));
      writeFileSync(join(tree, 'proc'), '');
      expectNothingRan(runVirtexec(words('bent.example')), 'bent.example', 'mount /proc');
      rmSync(tree, { recursive: true });
    });

    test('a tree without proc, dev/pts and usr of its own is entered as it is', () => {
      const tree = root.addTree('bare.example');
      for (const path of ['proc', 'dev/pts']) rmdirSync(join(tree, path));
      expect(runVirtexec(words('bare.example'))).toMatchObject({ status: 0, out: 'create: done\n' });
    });
  },
);
