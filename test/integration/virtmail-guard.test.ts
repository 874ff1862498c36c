import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { type ReachableCheckout, reachCheckout } from '../support/reach-checkout.ts';
import { type MailProgramCall, type MailProgramEnd, runMailProgram } from '../support/run-mail-program.ts';
import { type MailScene, makeMailScene } from '../support/start-virtmaild.ts';

const checkout = join(import.meta.dirname, '../..');
const bob = {
  EXT: 'bob',
  HOST: 'foo.bar.com',
  RPLINE: 'Return-Path: <ann@example.net>',
  DTLINE: 'Delivered-To: bob@foo.bar.com',
};

describe.runIf(needs('root')).each(['virtmailfilter', 'virtmaildelivery'])('%s, as it is built,', (name) => {
  let dist: string;
  let scene: MailScene;
  let reachable: ReachableCheckout;
  const runtime = () => reachable.at(process.execPath);
  const isFilter = name === 'virtmailfilter';
  const run = (call: Partial<MailProgramCall> = {}): Promise<MailProgramEnd> =>
    runMailProgram({
      script: join(dist, `${name}.js`),
      // A home of the user the other program is called as.
      ...(!isFilter && { uid: 200_001 }),
      ...call,
      words: [...(isFilter ? [] : ['bob', scene.home('foo.bar.com', 'bob')]), ...(call.words ?? [])],
      env: { ...bob, VIRTFS_ROOT: scene.root, VIRTFS_CONFIG_DIR: scene.base, ...call.env },
    });
  const count = () => scene.messages('foo.bar.com', 'bob').length;

  beforeAll(() => {
    scene = makeMailScene();
    reachable = reachCheckout();
    chmodSync(scene.root, 0o711);
    scene.addTree('foo.bar.com');
    dist = mkdtempSync(join(tmpdir(), 'virtfs-dist-'));
    // The place is exchanged for what is built, which others must reach.
    execFileSync(process.execPath, [join(checkout, 'scripts/build.ts'), dist, runtime()], { stdio: 'pipe' });
    chmodSync(dist, 0o755);
  });
  afterAll(() => {
    rmSync(dist, { recursive: true });
    reachable[Symbol.dispose]();
    scene[Symbol.dispose]();
  });

  test('delivers', async () => {
    expect(await run()).toEqual({ status: 0, err: '', out: '' });
    expect(count()).toBe(1);
  });

  test('takes no notice of NODE_OPTIONS, and shows its version', async () => {
    const { status, out } = await run({ words: ['--version'], env: { NODE_OPTIONS: '--no-such-option' } });
    expect([status, out.split(' ')[0]]).toEqual([0, name]);
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGABRT'] as const)(
    'keeps the message for later when %s ends it',
    async (signal) => {
      const before = count();
      for (const [words, status] of [
        [[], 111],
        [['--exit-codes=sysexits'], 75],
      ] as const) {
        const end = await run({
          words,
          onStart: async (pid, write) => {
            write('Subject: half\n\n');
            process.kill(await childOf(pid), signal);
          },
        });
        expect(end.status).toBe(status);
      }
      expect(count()).toBe(before);
    },
  );

  test('waits for what became of the message when the signal goes to the shell before it', async () => {
    const end = await run({
      onStart: async (pid, write) => {
        await childOf(pid);
        process.kill(pid, 'SIGTERM');
        process.kill(await childOf(pid), 'SIGKILL');
        write('');
      },
    });
    expect(end.status).toBe(111);
  });

  test('keeps the message for later where memory, a module or the runtime is missing', async () => {
    const before = count();
    const script = join(dist, `${name}.js`);
    for (const [words, status] of [
      [[], 111],
      [['--exit-codes', 'sysexits'], 75],
    ] as const) {
      const limited = join(dist, 'limited');
      writeFileSync(limited, `#!/bin/sh\nulimit -v 400000\nexec ${script} "$@"\n`, { mode: 0o755 });
      expect((await run({ script: limited, words })).status).toBe(status);

      const module = join(dist, name, `${name}.js`);
      renameSync(module, `${module}.away`);
      expect((await run({ words })).status).toBe(status);
      renameSync(`${module}.away`, module);

      copyFileSync(script, `${script}.whole`);
      writeFileSync(script, readFileSync(script, 'utf8').replace(runtime(), '/nonexistent/node'));
      expect((await run({ words })).status).toBe(status);
      renameSync(`${script}.whole`, script);
    }
    expect(count()).toBe(before);
  });
});

async function childOf(pid: number): Promise<number> {
  for (;;) {
    const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    // What it became of a moment ago may still be the shell.
    if (child !== '' && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('node')) {
      await sleep(300);
      return Number(child);
    }
    await sleep(10);
  }
}
