import { closeSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { Store } from '../../src/engine/store.ts';
import { Host } from '../../src/host/open-host.ts';
import type { FileEntry } from '../../src/manifest/entry.ts';
import { treePath } from '../../src/manifest/tree-path.ts';
import { fillStore, StoredFiles } from '../../src/pipeline/fill-store.ts';
import { walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('fillStore', () => {
  sandboxTest(
    'stops at a file that is replaced after it was inspected, as an upgrade does',
    async ({ sandbox }) => {
      const file = join(sandbox.disk, 'lib\u001b.so');
      writeFileSync(file, 'before');
      const host = new Host(new Map());
      host.lstat(file);
      writeFileSync(`${file}.new`, 'after!');
      renameSync(`${file}.new`, file);
      await expect(fill(sandbox, host, file)).rejects.toMatchObject({
        code: 'IO_ERROR',
        what: expect.stringContaining('lib\\x1b.so'),
        why: expect.stringContaining('changed while it was read'),
        mend: expect.stringContaining('run the same command again'),
      });
      expect(walk(join(sandbox.disk, 'store'))).toEqual([]);
    },
  );

  sandboxTest('says which file is gone', async ({ sandbox }) => {
    const file = join(sandbox.disk, 'gone');
    await expect(fill(sandbox, new Host(new Map()), file)).rejects.toMatchObject({
      code: 'PATH_MISSING',
      what: expect.stringContaining(file),
    });
  });

  sandboxTest('counts what it looked at and what it added', async ({ sandbox }) => {
    const file = join(sandbox.disk, 'tool');
    writeFileSync(file, 'content');
    const host = new Host(new Map());
    expect(await fill(sandbox, host, file)).toEqual({ files: 1, added: 1, bytes: 7 });
    expect(await fill(sandbox, host, file)).toEqual({ files: 1, added: 0, bytes: 0 });
  });
});

async function fill({ disk }: Sandbox, host: Host, path: string) {
  const entry: FileEntry = {
    type: 'file',
    path: treePath('usr/bin/tool'),
    mode: 0o4755,
    owner: { uid: 0, gid: 0 },
    source: { copyOf: path },
    shared: false,
    why: 'x',
  };
  mkdirSync(join(disk, 'store'), { recursive: true });
  const fd = openSync(join(disk, 'store'), 'r');
  try {
    const store = new Store(fd);
    return await fillStore([entry], { store, host, stored: new StoredFiles() }, () => undefined);
  } finally {
    closeSync(fd);
  }
}
