import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { TreeFileCache } from '../../src/engine/tree-file-cache.ts';

/** A file system whose clock ticks once a second: ext4 with the inodes of ext3. */
const it = test.extend<{ folder: string }>({
  folder: async ({ task: _ }, use) => {
    const base = mkdtempSync(join(tmpdir(), 'virtfs-test-'));
    const [image, folder] = [join(base, 'image'), join(base, 'disk')];
    writeFileSync(image, '');
    truncateSync(image, 8 << 20);
    mkdirSync(folder);
    execFileSync('mkfs.ext4', ['-q', '-F', '-I', '128', image], { stdio: 'ignore' });
    execFileSync('mount', ['-o', 'loop', image, folder]);
    try {
      await use(folder);
    } finally {
      execFileSync('umount', [folder]);
      rmSync(base, { recursive: true });
    }
  },
});

describe('TreeFileCache', () => {
  it('sees a change that the file’s times do not show', ({ folder }) => {
    const cache = new TreeFileCache('file', 100, (text) => text);
    const dirfd = openSync(folder, 'r');
    try {
      for (let at = 100; at < 300; at++) {
        writeFileSync(join(folder, 'file'), String(at));
        expect(cache.read(dirfd)).toBe(String(at));
      }
    } finally {
      closeSync(dirfd);
    }
  });

  it('reads a file once as long as it stays the same', async ({ folder }) => {
    let count = 0;
    const cache = new TreeFileCache('file', 100, () => ++count);
    const dirfd = openSync(folder, 'r');
    try {
      expect([cache.read(dirfd), cache.read(dirfd)]).toEqual([1, 1]);
      writeFileSync(join(folder, 'file'), 'x');
      // Until its times would show the next change.
      await sleep(2600);
      expect([cache.read(dirfd), cache.read(dirfd), cache.read(dirfd)]).toEqual([2, 2, 2]);
    } finally {
      closeSync(dirfd);
    }
  });
});
