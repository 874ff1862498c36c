import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeCanary } from '../support/canary.ts';
import { needs } from '../support/needs.ts';
import { listChildren } from '../support/process-facts.ts';
import { compileSwapper, startSwapper } from '../support/start-swapper.ts';
import { findPort, makeServerScene, type ServerScene, type Virtuald } from '../support/start-virtuald.ts';
import { talk } from '../support/talk.ts';

describe.runIf(needs('root', { program: 'gcc' }))(
  'A tenant who changes files of the tree while clients come',
  () => {
    let scene: ServerScene;
    let tree = '';
    let passwd = '';
    let original = '';
    let served: Virtuald;
    let port = 0;

    beforeAll(() => {
      scene = makeServerScene();
      tree = scene.addTree('a.example');
      scene.root.addRecord('a.example', 'copy');
      scene.addTree('b.example');
      passwd = join(tree, 'etc/passwd');
      original = readFileSync(passwd, 'utf8');
    });
    afterAll(() => scene[Symbol.dispose]());
    beforeEach(async () => {
      port = await findPort();
      const conf = scene.putConf('conf.accounts', ['127.0.0.1 a.example', '127.0.0.2 b.example']);
      const file = scene.put(
        'accounts.toml',
        `status-socket = "${scene.base}/accounts.sock"
[service.who]
listen = ["${port}"]
conf = "${conf}"
program = ["probe", "file", "/proc/self/status"]
verbose = true
[service.who.domain."a.example"]
user = "bob"
`,
      );
      served = await scene.start(['--config', file]);
    });
    afterEach(async () => {
      await served[Symbol.asyncDispose]();
      rmSync(passwd, { recursive: true, force: true });
      writeFileSync(passwd, original);
    });

    /** The ids bob got, and that others are served as before. */
    async function ask(): Promise<string> {
      const [mine, others] = [await talk(port), await talk(port, { to: '127.0.0.2' })];
      expect(others).toMatch(/^Uid:\s+0\s/mu);
      return /^Uid:\s+(?<uid>\d+)/mu.exec(mine)?.groups?.uid ?? mine;
    }

    const bob = (uid: string) => `bob:x:${uid}:70001::/:/bin/sh\n`;
    test.each<[what: string, spoil: () => void]>([
      ['root', () => writeFileSync(passwd, bob('0'))],
      ['a user of the host', () => writeFileSync(passwd, bob('1000'))],
      ['a user of another domain', () => writeFileSync(passwd, bob('80000'))],
      ['nobody', () => writeFileSync(passwd, '')],
      ['a user of the host, by a link', () => putInPlace(() => symlinkSync('/etc/passwd', passwd))],
      ['somebody behind a FIFO', () => putInPlace(() => execFileSync('mkfifo', [passwd]))],
      ['somebody in a folder', () => putInPlace(() => mkdirSync(passwd))],
    ])('does not make of the service’s user %s', async (_, spoil) => {
      expect(await ask()).toBe('70001');
      spoil();
      expect(await ask()).toBe('');
      await served.until('cannot start who in a.example: ');
      expect(await talk(port, { to: '127.0.0.2' })).toMatch(/^Uid:\s+0\s/mu);
    });

    test('keeps nobody busy with a passwd of any size', async () => {
      const size = 8_000_000;
      writeFileSync(passwd, '\n'.repeat(size));
      const before = bytesReadBy(served.pid);
      for (let round = 0; round < 15; round++) expect(await talk(port)).toBe('');
      // Once by each of two threads that start services, and as often once more.
      expect(bytesReadBy(served.pid) - before).toBeLessThan(5 * size);
      expect(await talk(port, { to: '127.0.0.2' })).toMatch(/^Uid:\s+0\s/mu);
    });

    test('makes nobody else of the user by links that come and go', async () => {
      const canary = makeCanary(join(scene.base, 'canary'));
      writeFileSync(join(canary, 'passwd'), bob('0'));
      const swapper = compileSwapper(scene.base);
      await using swapping = await startSwapper(swapper, canary, [join(tree, 'etc'), join(tree, 'dev')]);
      const uids = new Set<string>();
      for (let round = 0; round < 60; round++) uids.add(await ask());
      expect(await swapping.stop()).toBeGreaterThan(60);
      uids.delete('');
      expect([...uids]).toEqual(['70001']);
      // What was started was buried.
      expect(listChildren(served.pid)).toEqual([]);
    });

    test('stops no other domain by what stands where a tree is to be kept from others', async () => {
      const [usr, away] = [join(tree, 'usr'), join(tree, 'usr.away')];
      renameSync(usr, away);
      try {
        symlinkSync('/', usr);
        expect(await talk(port)).toBe('');
      } finally {
        rmSync(usr);
        renameSync(away, usr);
      }
      expect(await ask()).toBe('70001');
    });

    function putInPlace(put: () => void): void {
      rmSync(passwd);
      put();
    }
  },
);

/** All that it read until now, from wherever it was (proc_pid_io(5)). */
function bytesReadBy(pid: number): number {
  return Number(/^rchar: (?<bytes>\d+)/mu.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.groups?.bytes);
}
