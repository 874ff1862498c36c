import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import type { EscapeOutcome, EscapeReport } from '../../src/domain/escape-report.ts';
import { readLandlockVersion } from '../../src/linux/landlock.ts';
import type { Attempt } from '../../src/pipeline/escape/attempt.ts';
import { mountAttempts } from '../../src/pipeline/escape/attempts/mounts.ts';
import { listAttempts } from '../../src/pipeline/escape/list-attempts.ts';
import { tryEscapes } from '../../src/pipeline/escape/try-escapes.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { runProgram } from '../support/run-virtexec.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

const plainly = join(import.meta.dirname, '../support/enter-plainly.ts');
const virtfs = join(import.meta.dirname, '../../src/bin/virtfs.ts');

/** What the kernel itself keeps from everyone in a chroot, or may lack altogether. */
const notInChroot = ['make a user namespace'];
const mayBeMissing = [
  'load a part of the kernel',
  'start another kernel',
  'reach the devices by ports',
  "find the host's keys (keyring)",
  'count what a host process does',
];
/** What needs something this tree has not got. */
const notHere = ['change the shared dev/log'];

describe.runIf(needs('root'))('virtfs check --escape', () => {
  sandboxTest('gets out of no tree as virtexec enters it', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example', 'b.example'] });
    const tree = join(sandbox.root, 'a.example');
    const before = { files: listTree(tree), name: hostname(), processes: listOurProcesses() };
    const ended = checkEscape(sandbox, ['a.example', '--json']);
    expect(ended.err).toBe('');
    const report = JSON.parse(ended.out) as EscapeReport;
    const got = report.rows.filter(
      (row) => row.type === 'escape' && typesOf(row.outcomes).includes('through'),
    );
    expect(got.map((row) => row.attempt)).toEqual(
      readLandlockVersion() >= 6 ? [] : oldKernelsLetThrough(report),
    );
    expect(ended.status).toBe(got.length === 0 ? 0 : 1);
    expect(report.users).toEqual(['admin', 'root']);
    const untested = report.rows.filter((row) => typesOf(row.outcomes).includes('untested'));
    expect(untested.map((row) => row.attempt).filter((name) => !mayBeMissing.includes(name))).toEqual(
      notHere,
    );
    expect({ files: listTree(tree), name: hostname(), processes: listOurProcesses() }).toEqual(before);
  });

  sandboxTest(
    'gets out of a bare chroot in every way it tries',
    { timeout: 120_000 },
    async ({ sandbox }) => {
      await create({ settings: sandbox.settings, domains: ['a.example', 'b.example'] });
      // Open, and with /proc in it, as such chroots are.
      for (const folder of [sandbox.base, sandbox.root]) chmodSync(folder, 0o711);
      const tree = join(sandbox.root, 'a.example');
      const before = listTree(tree);
      execFileSync('mount', ['-t', 'proc', 'proc', join(tree, 'proc')]);
      const report = await tryPlainly(sandbox, 'chroot');
      execFileSync('umount', [join(tree, 'proc')]);
      const blocked = report.rows.filter((row) => outcomeOf(row.outcomes, 'root') !== 'through');
      const names = blocked.map((row) => row.attempt).filter((name) => !mayBeMissing.includes(name));
      expect(names).toEqual([...notInChroot, ...notHere]);
      expect(listTree(tree)).toEqual(before);
    },
  );

  sandboxTest(
    'sees a user namespace made where nothing forbids it',
    { timeout: 120_000 },
    async ({ sandbox }) => {
      await create({ settings: sandbox.settings, domains: ['a.example'] });
      const report = await tryPlainly(sandbox, 'host', mountAttempts);
      const row = report.rows.find(({ attempt }) => attempt === 'make a user namespace');
      expect(outcomeOf(row?.outcomes ?? [], 'root')).toBe('through');
    },
  );

  sandboxTest('says what is wrong when the tree cannot be entered', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example'] });
    const tree = join(sandbox.root, 'a.example');
    execFileSync('sh', ['-c', 'rmdir "$0/proc" && ln -s etc "$0/proc"', tree]);
    const ended = checkEscape(sandbox, ['a.example']);
    expect(ended).toMatchObject({ status: 71, out: '' });
    expect(ended.err).toContain('mount /proc');
    expect(ended.err).toContain('[ISOLATION_FAILED]');
  });

  sandboxTest('takes one domain', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['a.example'] });
    for (const words of [[], ['a.example', 'b.example'], ['a.example', '--deep']]) {
      const ended = checkEscape(sandbox, words);
      expect(ended).toMatchObject({ status: 64, out: '' });
      expect(ended.err).toContain('virtfs check --escape DOMAIN');
    }
  });
});

function checkEscape(sandbox: Sandbox, words: readonly string[]) {
  return runProgram([process.execPath, virtfs, 'check', '--escape', '--root', sandbox.root, ...words]);
}

/** With nothing of what virtfs adds: HOW is `chroot`, or `host` for not even that. */
function tryPlainly(
  sandbox: Sandbox,
  how: 'chroot' | 'host',
  attempts: readonly Attempt[] = listAttempts(),
): Promise<EscapeReport> {
  return tryEscapes({
    root: sandbox.root,
    domain: parseDomainName('a.example'),
    enter: (domain, user) => [
      process.execPath,
      plainly,
      sandbox.root,
      domain,
      how,
      ...(user === undefined ? [] : [user]),
    ],
    signal: new AbortController().signal,
    attempts,
  });
}

function typesOf(outcomes: readonly EscapeOutcome[]): readonly string[] {
  return outcomes.map(({ type }) => type);
}

function outcomeOf(outcomes: EscapeReport['rows'][number]['outcomes'], who: string): string | undefined {
  return outcomes.find(({ as }) => as === who)?.type;
}

function oldKernelsLetThrough(report: EscapeReport): readonly string[] {
  return report.rows.filter((row) => row.tooOldFor !== undefined).map((row) => row.attempt);
}

/** Those that the call server runs in. */
function listOurProcesses(): readonly string[] {
  return execFileSync('ps', ['-eo', 'comm'], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => /virtfs-escape|^plain$/u.test(name));
}
