import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Store } from '../../src/engine/store.ts';
import { hashOf, walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { makeSandbox, removeSandbox, type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('Store', () => {
  sandboxTest(
    'keeps a copy under the hash of its bytes and its mode, with the time of the file',
    ({ sandbox }) => {
      using at = openStore(sandbox);
      const file = at.hostFile('tool', 'x'.repeat(3_000_000));
      utimesSync(file, 1_000_000, 1_500_000);
      const sha256 = at.store.addFile(file, 0o755, () => true);
      expect(sha256).toBe(hashOf(file));
      const object = lstatSync(join(at.folder, `${sha256?.slice(0, 2)}/${sha256}.0755`));
      expect(object).toMatchObject({ uid: 0, gid: 0, nlink: 1, size: 3_000_000, mtimeMs: 1_500_000_000 });
      expect(object.mode & 0o7777).toBe(0o755);
      expect(object.ino).not.toBe(statSync(file).ino);
      expect(at.store.has({ sha256: sha256 ?? '', mode: 0o755 }, 3_000_000)).toBe(true);
      expect(at.store.has({ sha256: sha256 ?? '', mode: 0o644 }, 3_000_000)).toBe(false);
    },
  );

  sandboxTest('replaces an object that lost its bytes, and keeps one that has them', ({ sandbox }) => {
    using at = openStore(sandbox);
    const file = at.hostFile('tool', 'whole');
    const key = { sha256: at.store.addFile(file, 0o755, () => true) ?? '', mode: 0o755 };
    const object = join(at.folder, `${key.sha256.slice(0, 2)}/${key.sha256}.0755`);
    const { ino } = statSync(object);
    at.store.addFile(file, 0o755, () => true);
    expect(statSync(object).ino).toBe(ino);

    truncateSync(object, 0);
    expect(at.store.has(key, 5)).toBe(false);
    at.store.addFile(file, 0o755, () => true);
    expect(at.store.has(key, 5)).toBe(true);
    expect(readFileSync(object, 'utf8')).toBe('whole');
    expect(walk(at.folder).filter(({ path }) => path.includes('.new-'))).toEqual([]);
  });

  sandboxTest('takes nothing from a file that is no longer the one inspected', ({ sandbox }) => {
    using at = openStore(sandbox);
    const file = at.hostFile('tool', 'x');
    expect(at.store.addFile(file, 0o755, () => false)).toBeUndefined();
    expect(walk(at.folder)).toEqual([]);
  });

  sandboxTest(
    'takes nothing from a file that is written while it is read, its time set back',
    ({ sandbox }) => {
      using at = openStore(sandbox);
      const file = at.hostFile('tool', 'x');
      const before = statSync(file);
      const written = at.store.addFile(file, 0o755, () => {
        // The clock files are stamped by goes in ticks of a few milliseconds.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
        writeFileSync(file, 'y');
        utimesSync(file, before.atime, before.mtime);
        return true;
      });
      expect(written).toBeUndefined();
    },
  );

  sandboxTest('does not follow a link, wait for a FIFO, or read a device', ({ sandbox }) => {
    using at = openStore(sandbox);
    symlinkSync(at.hostFile('tool', 'x'), join(at.host, 'link'));
    expect(() => at.store.addFile(join(at.host, 'link'), 0o755, () => true)).toThrow('ELOOP');
    execFileSync('mkfifo', [join(at.host, 'fifo')]);
    expect(at.store.addFile(join(at.host, 'fifo'), 0o755, () => true)).toBeUndefined();
    expect(at.store.addFile('/dev/zero', 0o755, () => true)).toBeUndefined();
    expect(walk(at.folder)).toEqual([]);
  });

  sandboxTest('leaves no part of a file behind when the disk is full', ({ sandbox }) => {
    using at = openStore(sandbox);
    const file = join(sandbox.base, 'large');
    writeFileSync(file, Buffer.alloc(4 << 20));
    sandbox.remount('size=1m');
    expect(() => at.store.addFile(file, 0o755, () => true)).toThrow('ENOSPC');
    expect(walk(at.folder)).toEqual([]);
  });

  sandboxTest('gives a file and a link many names', ({ sandbox }) => {
    using at = openStore(sandbox);
    const sha256 = at.store.addFile(at.hostFile('tool', 'content'), 0o755, () => true) ?? '';
    for (const name of ['one', 'two']) {
      at.store.linkFile({ sha256, mode: 0o755 }, at.out.fd, name);
      at.store.linkSymlink('../some/where', at.out.fd, `${name}-link`);
    }
    const inodes = new Set(readdirSync(at.out.path).map((name) => lstatSync(join(at.out.path, name)).ino));
    expect(inodes.size).toBe(2);
    expect(readlinkSync(join(at.out.path, 'two-link'))).toBe('../some/where');
  });
});

describe.runIf(needs('root', { program: 'mkfs.ext4' }))('Store on ext4, which ends at 65,000 names', () => {
  test('begins a second object of the same bytes, for files and links, and goes on with it in the next run', () => {
    const sandbox = makeSandbox('ext4');
    try {
      const sha256 = fillNames(sandbox);
      using at = openStore(sandbox);
      at.store.linkFile({ sha256, mode: 0o755 }, at.out.fd, 'again');
      const last = statSync(join(at.out.path, 'file-65000'));
      expect(statSync(join(at.out.path, 'again')).ino).toBe(last.ino);
      expect(last).toMatchObject({ mode: 0o100755, uid: 0, gid: 0, mtimeMs: 1_500_000_000 });
    } finally {
      removeSandbox(sandbox);
    }
  });
});

/** Gives one object, and one link, more names than ext4 allows; checks what the last of them are. */
function fillNames(sandbox: Sandbox): string {
  using at = openStore(sandbox);
  const file = at.hostFile('tool', 'content');
  utimesSync(file, 1_500_000, 1_500_000);
  const sha256 = at.store.addFile(file, 0o755, () => true) ?? '';
  for (let index = 0; index <= 65_000; index++) {
    at.store.linkFile({ sha256, mode: 0o755 }, at.out.fd, `file-${index}`);
    at.store.linkSymlink('target', at.out.fd, `link-${index}`);
  }
  const path = (name: string) => join(at.out.path, name);
  expect(statSync(path('file-0')).nlink).toBe(65_000);
  expect(statSync(path('file-65000')).ino).not.toBe(statSync(path('file-0')).ino);
  expect(readFileSync(path('file-65000'), 'utf8')).toBe('content');
  expect(lstatSync(path('link-65000')).ino).not.toBe(lstatSync(path('link-0')).ino);
  expect(readlinkSync(path('link-65000'))).toBe('target');
  expect(readdirSync(at.folder).filter((name) => name.startsWith('.new-'))).toEqual([]);
  return sha256;
}

interface OpenStore extends Disposable {
  readonly store: Store;
  readonly folder: string;
  /** Where names are put. */
  readonly out: { readonly path: string; readonly fd: number };
  /** Stands for a folder of the host. */
  readonly host: string;
  readonly hostFile: (name: string, text: string) => string;
}

function openStore({ disk }: Sandbox): OpenStore {
  const [folder, out, host] = ['store', 'out', 'host'].map((name) => {
    if (!existsSync(join(disk, name))) mkdirSync(join(disk, name));
    return join(disk, name);
  }) as [string, string, string];
  const fds = [openSync(folder, 'r'), openSync(out, 'r')] as const;
  const store = new Store(fds[0]);
  return {
    store,
    folder,
    out: { path: out, fd: fds[1] },
    host,
    hostFile: (name, text) => {
      writeFileSync(join(host, name), text);
      return join(host, name);
    },
    [Symbol.dispose]: () => {
      for (const fd of fds) closeSync(fd);
    },
  };
}
