import { closeSync, mkdirSync, openSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { putStateFile } from '../../src/engine/put-state-file.ts';
import { StateDir } from '../../src/engine/state-dir.ts';
import { sweepLeftovers } from '../../src/engine/sweep-leftovers.ts';
import { needs } from '../support/needs.ts';
import { thrownBy } from '../support/thrown.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('StateDir', () => {
  sandboxTest('makes its folders for root alone, and finds them the next time', ({ sandbox }) => {
    using root = openDisk(sandbox);
    using one = new StateDir(root.fd);
    using two = new StateDir(root.fd);
    expect(one.part('store')).not.toBe(two.part('store'));
    const parts = readdirSync(join(sandbox.disk, '.virtfs'));
    expect(parts.sort()).toEqual([
      'cache',
      'domains',
      'layers',
      'manifests',
      'previous',
      'stage',
      'store',
      'trash',
    ]);
    const modes = parts.map((name) => statSync(join(sandbox.disk, '.virtfs', name)).mode & 0o7777);
    expect(new Set(modes)).toEqual(new Set([0o700]));
  });

  sandboxTest('does not follow a link in its place', ({ sandbox }) => {
    mkdirSync(join(sandbox.disk, 'elsewhere'));
    symlinkSync('elsewhere', join(sandbox.disk, '.virtfs'));
    using root = openDisk(sandbox);
    expect(thrownBy(() => new StateDir(root.fd)).code).toBe('PATH_IS_SYMLINK');
    expect(readdirSync(join(sandbox.disk, 'elsewhere'))).toEqual([]);
  });

  sandboxTest('gives its lock to one at a time, and tells who waits once', async ({ sandbox }) => {
    using root = openDisk(sandbox);
    const order: string[] = [];
    const { signal } = new AbortController();
    const one = new StateDir(root.fd);
    using two = new StateDir(root.fd);
    await one.lock(signal, () => order.push('one waits'));
    const waiting = two.lock(signal, () => order.push('two waits')).then(() => order.push('two has it'));
    await new Promise((done) => setTimeout(done, 100));
    order.push('one ends');
    one[Symbol.dispose]();
    await waiting;
    expect(order).toEqual(['two waits', 'one ends', 'two has it']);
  });
});

describe.runIf(needs('root'))('sweepLeftovers', () => {
  sandboxTest('forgets domains that have no tree, and keeps those that have', ({ sandbox }) => {
    using root = openDisk(sandbox);
    using state = new StateDir(root.fd);
    const path = (...names: readonly string[]) => join(sandbox.disk, ...names);
    for (const domain of ['there.org', 'gone.org', 'file.org']) {
      putStateFile(state.part('domains'), `${domain}.json`, '{}');
      putStateFile(state.part('manifests'), `${domain}.json`, '{}');
      symlinkSync(domain, path(`www.${domain}`));
    }
    mkdirSync(path('there.org'));
    writeFileSync(path('file.org'), '');
    symlinkSync('elsewhere', path('foreign'));
    mkdirSync(path('.virtfs/stage/0/etc'), { recursive: true });
    writeFileSync(path('.virtfs/store/.new-1'), '');
    writeFileSync(path('.virtfs/domains/.new-1'), '');

    sweepLeftovers(state);
    const left = ['there.org.json'];
    expect(readdirSync(path('.virtfs/domains'))).toEqual(left);
    expect(readdirSync(path('.virtfs/manifests'))).toEqual(left);
    expect(readdirSync(path('.virtfs/stage'))).toEqual([]);
    expect(readdirSync(path('.virtfs/store'))).toEqual([]);
    expect(readdirSync(sandbox.disk).sort()).toEqual([
      '.virtfs',
      'file.org',
      'foreign',
      'there.org',
      'www.there.org',
    ]);
  });

  sandboxTest('forgets a domain that was not published though a folder has its name', ({ sandbox }) => {
    using root = openDisk(sandbox);
    using state = new StateDir(root.fd);
    putStateFile(state.part('domains'), 'foreign.org.json', '{}');
    mkdirSync(join(sandbox.disk, 'foreign.org'));
    sweepLeftovers(state, ['foreign.org']);
    expect(readdirSync(join(sandbox.disk, '.virtfs/domains'))).toEqual([]);
    expect(readdirSync(sandbox.disk)).toContain('foreign.org');
  });
});

describe.runIf(needs('root'))('putStateFile', () => {
  sandboxTest('keeps the old text when the disk is full', ({ sandbox }) => {
    using root = openDisk(sandbox);
    putStateFile(root.fd, 'file', 'old');
    sandbox.remount('size=64k');
    expect(thrownBy(() => putStateFile(root.fd, 'file', 'x'.repeat(1 << 20))).code).toBe('NO_SPACE');
    expect(readdirSync(sandbox.disk)).toEqual(['file']);
    expect(statSync(join(sandbox.disk, 'file'))).toMatchObject({ size: 3, mode: 0o100600 });
  });
});

function openDisk({ disk }: Sandbox): { readonly fd: number } & Disposable {
  const fd = openSync(disk, 'r');
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
}
