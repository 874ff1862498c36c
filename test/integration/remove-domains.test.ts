import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readTrash } from '../../src/host/read-trash.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { runAlone } from '../support/run-alone.ts';
import { create } from '../support/run-create.ts';
import { removalDriver, remove, restore } from '../support/run-removal.ts';
import { startInside } from '../support/start-inside.ts';
import { startWaiting } from '../support/start-waiting.ts';
import { codeOf, errorOf } from '../support/thrown-async.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

const domain = 'a.org';
const alias = 'www.a.org';
const address = '192.0.2.1';

describe.runIf(needs('root'))('removeDomains', () => {
  sandboxTest('moves the tree to the trash, and forgets all that led to it', async ({ sandbox }) => {
    const before = await makeDomain(sandbox);
    await create({ settings: sandbox.settings, domains: ['b.org'], aliases: ['www.b.org'] });
    const conf = `# who\n${address} ${sandbox.root}/a.org\n192.0.2.9 ${sandbox.root}/b.org\n${address} ${sandbox.root}/www.a.org/`;
    writeFileSync(join(sandbox.root, 'conf.ftp'), conf);
    const result = await remove({ settings: sandbox.settings, domains: [domain] });
    expect(result).toMatchObject({
      domains: [{ domain, aliases: [alias], confFiles: ['conf.ftp'] }],
      purged: [],
      notices: [],
    });
    expect(readdirSync(sandbox.root).sort()).toEqual(['.virtfs', 'b.org', 'conf.ftp', 'www.b.org']);
    expect(readFileSync(join(sandbox.root, 'conf.ftp'), 'utf8')).toBe(
      `# who\n192.0.2.9 ${sandbox.root}/b.org\n`,
    );
    expect(stateOf(sandbox, 'domains')).toEqual(['b.org.json']);
    expect(stateOf(sandbox, 'manifests')).toEqual(['b.org.json']);
    expect(listTree(result.domains[0]?.trash ?? '')).toEqual(before);
    expect(await readTrash(sandbox.root)).toMatchObject([{ domain, aliases: [alias] }]);
  });

  sandboxTest('gives no other domain the user ids of a tree in the trash', async ({ sandbox }) => {
    await makeDomain(sandbox);
    await remove({ settings: sandbox.settings, domains: [domain] });
    const made = await create({ settings: sandbox.settings, domains: ['b.org'] });
    expect(made.domains[0]?.record.uids.first).toBe(210_000);
    await remove({ settings: sandbox.settings, domains: [domain], purge: true });
    const next = await create({ settings: sandbox.settings, domains: ['c.org'] });
    expect(next.domains[0]?.record.uids.first).toBe(200_000);
  });

  sandboxTest('removes a tree that was made by hand', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['b.org'] });
    mkdirSync(join(sandbox.root, 'hand.org/home'), { recursive: true });
    symlinkSync('hand.org', join(sandbox.root, 'www.hand.org'));
    await remove({ settings: sandbox.settings, domains: ['hand.org'] });
    expect(readdirSync(sandbox.root).sort()).toEqual(['.virtfs', 'b.org']);
    await restore({ settings: sandbox.settings, domain: 'hand.org' });
    expect(existsSync(join(sandbox.root, 'hand.org/home'))).toBe(true);
    expect(readlinkSync(join(sandbox.root, 'www.hand.org'))).toBe('hand.org');
  });

  sandboxTest(
    'refuses with nothing removed while a program runs in one of the trees',
    async ({ sandbox }) => {
      const { settings, root } = sandbox;
      await create({ settings, domains: [domain, 'b.org'] });
      await using inside = await startInside(sandbox, 'b.org');
      const error = await errorOf(remove({ settings, domains: [domain, 'b.org'] }));
      expect(error).toMatchObject({ code: 'TREE_IN_USE', exitStatus: 75, what: 'cannot remove b.org' });
      expect(error.why).toContain(`process ${inside.pid} (cat) of user 0 runs in it`);
      expect(error.mend).toContain('--force');
      expect(readdirSync(root).sort()).toEqual(['.virtfs', 'a.org', 'b.org']);
    },
  );

  sandboxTest('ends with force what runs in the tree, and nothing else', async ({ sandbox }) => {
    const { settings, root } = sandbox;
    await create({ settings, domains: [domain, 'b.org'] });
    await using inside = await startInside(sandbox, domain);
    await using stubborn = await startInside(sandbox, domain, {
      words: ['sh', '-c', 'trap "" TERM; echo ready; while :; do cat; done'],
    });
    await using other = await startInside(sandbox, 'b.org');
    await using ofHost = await startWaiting(['cat'], { cwd: join(root, domain) });
    const result = await remove({ settings, domains: [domain], force: true });
    expect(await inside.ended).toBe('SIGTERM');
    expect(await stubborn.ended).toBe('SIGKILL');
    expect(result.domains[0]?.ended.map(({ pid }) => pid)).toEqual(
      expect.arrayContaining([inside.pid, stubborn.pid]),
    );
    expect(result.notices.join()).toContain(`process ${ofHost.pid} (cat) of user 0 works in a folder of it`);
    expect([other.child.exitCode, ofHost.child.exitCode]).toEqual([null, null]);
    expect([other.child.signalCode, ofHost.child.signalCode]).toEqual([null, null]);
  });

  sandboxTest('ends nobody it was started by', async ({ sandbox }) => {
    const { settings, root } = sandbox;
    await create({ settings, domains: [domain] });
    const { script, words } = removalDriver({ action: 'remove', settings, domains: [domain], force: true });
    const shell = [join(root, domain, 'usr/bin/sh'), '-c', '"$@"; echo lives', 'sh'];
    const ended = await runAlone([...shell, process.execPath, script, JSON.stringify(words)]);
    expect(ended).toMatchObject({ status: 0, out: 'lives\n' });
    expect(readdirSync(root)).toEqual(['.virtfs']);
  });

  sandboxTest('ends programs that start others while they are ended', async ({ sandbox }) => {
    const { settings } = sandbox;
    await create({ settings, domains: [domain] });
    // Each, asked to end, starts another.
    const start = 'start() { (trap start TERM; while :; do cat <&3; done) & }';
    const words = [
      'sh',
      '-c',
      `exec 3<&0 2>/dev/null; ${start}; start; trap "" TERM; echo ready; while :; do cat <&3; done`,
    ];
    await using inside = await startInside(sandbox, domain, { words, uid: 200_001, mostProcesses: 300 });
    const result = await remove({ settings, domains: [domain], force: true });
    expect(await inside.ended).toBe('SIGKILL');
    expect(result.domains[0]?.ended.length).toBeGreaterThan(10);
    expect(result.notices).toEqual([]);
  });

  sandboxTest('deletes at once with purge, the removed trees of that name too', async ({ sandbox }) => {
    const { settings, root } = sandbox;
    await create({ settings, domains: [domain, 'b.org'] });
    await remove({ settings, domains: [domain, 'b.org'] });
    await create({ settings, domains: [domain] });
    const result = await remove({ settings, domains: [domain], purge: true });
    expect(result.purged.map(({ domain }) => domain)).toEqual([domain, domain]);
    expect(result.purged[0]?.entries).toBeGreaterThan(100);
    expect(result.domains).toMatchObject([{ domain, trash: undefined }]);
    expect((await readTrash(root)).map(({ domain }) => domain)).toEqual(['b.org']);
    await remove({ settings, domains: ['b.org'], purge: true });
    expect(stateOf(sandbox, 'trash')).toEqual([]);
    expect(await codeOf(remove({ settings, domains: ['b.org'], purge: true }))).toBe('DOMAIN_MISSING');
  });

  sandboxTest('deletes on the way what was long enough in the trash', async ({ sandbox }) => {
    const { settings } = sandbox;
    await create({ settings, domains: [domain, 'b.org', 'c.org'] });
    await remove({ settings, domains: [domain] });
    age(sandbox, 31);
    await remove({ settings: { ...settings, trashDays: 0 }, domains: ['b.org'] });
    expect((await readTrash(sandbox.root)).length).toBe(2);
    const result = await remove({ settings, domains: ['c.org'] });
    expect(result.purged.map(({ domain }) => domain)).toEqual([domain]);
  });

  sandboxTest(
    'leaves the rest to the next command when it is stopped while it deletes',
    async ({ sandbox }) => {
      const { settings, root } = sandbox;
      await create({ settings, domains: [domain] });
      fill(join(root, domain, 'tmp'), 20_000);
      const stop = new AbortController();
      setTimeout(() => stop.abort(new Error('stopped')), 60);
      await expect(remove({ settings, domains: [domain], purge: true }, stop.signal)).rejects.toThrow(
        'stopped',
      );
      expect(await readTrash(root)).toMatchObject([{ domain, purging: true }]);
      expect(await codeOf(restore({ settings, domain }))).toBe('DOMAIN_MISSING');
      await remove({ settings, domains: [domain], purge: true });
      expect(stateOf(sandbox, 'trash')).toEqual([]);
    },
  );

  sandboxTest(
    'deletes a hundred thousand files, FIFOs and all, and stays small',
    { timeout: 120_000 },
    async ({ sandbox }) => {
      const { settings, root } = sandbox;
      await create({ settings, domains: [domain] });
      const tmp = join(root, domain, 'tmp');
      fill(tmp, 100_000);
      execFileSync('mkfifo', [join(tmp, 'fifo')]);
      const result = await remove({ settings, domains: [domain], purge: true });
      expect(result.purged[0]?.entries).toBeGreaterThan(100_000);
      expect(stateOf(sandbox, 'trash')).toEqual([]);
    },
  );
});

async function makeDomain({ settings, root }: Sandbox): Promise<readonly string[]> {
  await create({ settings, domains: [domain], aliases: [alias], addresses: [address] });
  return listTree(join(root, domain));
}

function stateOf({ root }: Sandbox, part: string): readonly string[] {
  return readdirSync(join(root, '.virtfs', part)).sort();
}

/** Makes what is in the trash as many days older. */
function age({ root }: Sandbox, days: number): void {
  const trash = join(root, '.virtfs/trash');
  for (const folder of readdirSync(trash)) {
    const file = join(trash, folder, 'removed.json');
    const removed = JSON.parse(readFileSync(file, 'utf8'));
    const before = new Date(Date.parse(removed.removed) - days * 86_400_000).toISOString();
    writeFileSync(file, JSON.stringify({ ...removed, removed: before }));
  }
}

function fill(folder: string, count: number): void {
  execFileSync('sh', ['-c', 'cd "$1" && seq -f "file-%.0f" "$2" | xargs touch', 'sh', folder, String(count)]);
}
