import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { makeDirAt, openDirBeneath } from '../../src/linux/files.ts';
import { describeCanary, makeCanary } from '../support/canary.ts';
import { putSetId } from '../support/meddle.ts';
import { needs } from '../support/needs.ts';
import { checkAll, listFindings, makeOne } from '../support/run-check.ts';
import { compileSwapper, startSwapper } from '../support/start-swapper.ts';
import { sandboxTest } from '../support/trees-root.ts';

const checks = 40;

describe.runIf(needs('root', { program: 'gcc' }))('checkDomains, a hostile tree', () => {
  sandboxTest('does not wait for a FIFO, wherever one stands', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    for (const name of ['etc/passwd', 'etc/hosts', 'usr/bin/ls', 'etc/ld.so.cache', 'dev/null']) {
      unlinkSync(join(tree, name));
      execFileSync('mkfifo', [join(tree, name)]);
    }
    expect(await listFindings(sandbox, { deep: true })).toEqual([
      'a.org dev/null wrong-type',
      'a.org etc/ld.so.cache wrong-type',
      'a.org etc/passwd wrong-type',
      'a.org usr/bin/ls wrong-type',
    ]);
  });

  sandboxTest('follows no link, and ends in loops of links', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    const canary = makeCanary(join(sandbox.base, 'canary'));
    putSetId(join(canary, 'escaped'));
    writeFileSync(join(canary, 'escaped.pem'), '-----BEGIN PRIVATE KEY-----');
    symlinkSync(canary, join(tree, 'home/a/out'));
    symlinkSync(join(canary, 'escaped.pem'), join(tree, 'etc/key.pem'));
    symlinkSync('.', join(tree, 'home/a/loop'));
    symlinkSync('self', join(tree, 'home/a/self'));
    rmSync(join(tree, 'etc/pam.d'), { recursive: true });
    symlinkSync(canary, join(tree, 'etc/pam.d'));
    rmSync(join(tree, 'usr/bin'), { recursive: true });
    symlinkSync('bin', join(tree, 'usr/bin'));
    expect(await listFindings(sandbox)).toEqual(['a.org etc/pam.d wrong-type', 'a.org usr/bin wrong-type']);
  });

  sandboxTest('names what has a name that is no text', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    const path = Buffer.concat([Buffer.from(`${tree}/home/a/`), Buffer.of(0xff, 0x0a, 0x41)]);
    writeFileSync(path, '');
    chmodSync(path, 0o4755);
    expect(await listFindings(sandbox)).toEqual(['a.org home/a/\ufffd\nA set-id']);
  });

  sandboxTest('finds what is hidden at the end of two thousand folders', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    let fd = openSync(join(tree, 'home/a'), 'r');
    for (let level = 0; level < 2000; level++) {
      makeDirAt(fd, 'x'.repeat(200), 0o755);
      const next = openDirBeneath(fd, 'x'.repeat(200));
      closeSync(fd);
      fd = next;
    }
    putSetId(`/proc/self/fd/${fd}/su`);
    closeSync(fd);
    const { findings } = await checkAll(sandbox);
    expect(findings).toMatchObject([
      { kind: 'set-id', path: expect.stringMatching(/^home\/a\/x.* … .*x\/su$/u) },
    ]);
  });

  sandboxTest('does not read more than its part of what is piled up in etc', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    mkdirSync(join(tree, 'etc/pile'));
    // Sparse: 100 files of 1 MB that take no space.
    for (let at = 0; at < 100; at++) execFileSync('truncate', ['-s', '1M', join(tree, `etc/pile/${at}`)]);
    execFileSync('truncate', ['-s', '1T', join(tree, 'etc/hosts')]);
    expect(await listFindings(sandbox)).toEqual(['a.org etc unread']);
  });

  sandboxTest(
    'looks at nothing else while folders are swapped for links',
    { timeout: 120_000 },
    async ({ sandbox }) => {
      const tree = await makeOne(sandbox);
      const canary = makeCanary(join(sandbox.base, 'canary'));
      for (const folder of ['', 'a', 'bin', 'www', 'pam.d']) putSetId(join(canary, folder, 'escaped'));
      const before = describeCanary(canary);
      const folders = ['etc', 'etc/pam.d', 'home', 'home/a', 'usr', 'usr/bin', 'var', 'var/www'];
      const swapper = await startSwapper(
        compileSwapper(sandbox.base),
        canary,
        folders.map((folder) => join(tree, folder)),
      );
      const escaped: string[] = [];
      let found = 0;
      for (let index = 0; index < checks; index++) {
        const { findings } = await checkAll(sandbox, { deep: index % 2 === 0 });
        found += findings.length;
        escaped.push(...findings.map(({ path }) => path).filter((path) => path.endsWith('escaped')));
      }
      const rounds = await swapper.stop();
      process.stdout.write(`${rounds} swaps in ${checks} checks, ${found} findings\n`);
      expect(escaped).toEqual([]);
      expect(describeCanary(canary)).toBe(before);
      expect(rounds).toBeGreaterThan(500);
      expect(await listFindings(sandbox)).toEqual([]);
    },
  );
});
