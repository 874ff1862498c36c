import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { FileDataCopier } from '../../src/engine/copy-file-data.ts';
import { listNames } from '../../src/linux/name-list.ts';
import { needs } from '../support/needs.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('FileDataCopier', () => {
  sandboxTest('takes no more than the file had when it was looked at', async ({ sandbox }) => {
    expect(await copied(sandbox, '0123456789', 4)).toBe('0123');
  });

  sandboxTest('takes what is left of a file that was cut short', async ({ sandbox }) => {
    expect(await copied(sandbox, '0123', 1_000_000)).toBe('0123');
    expect(await copied(sandbox, '', 1_000_000)).toBe('');
  });

  sandboxTest('pauses between the pieces of a large file', async ({ sandbox }) => {
    let pauses = 0;
    const text = 'x'.repeat(1 << 20);
    expect(await copied(sandbox, text, text.length, async () => void pauses++)).toBe(text);
    expect(pauses).toBe(4);
  });
});

describe.runIf(needs('root'))('listNames', () => {
  sandboxTest('gives up on a folder with more names than it may keep', ({ sandbox }) => {
    const folder = join(sandbox.disk, 'folder');
    mkdirSync(folder);
    for (let index = 0; index < 3000; index++)
      writeFileSync(join(folder, `a-name-of-some-length-${index}`), '');
    const fd = openSync(folder, 'r');
    expect(listNames(fd, 64_000)).toBeUndefined();
    expect([...(listNames(fd, 1 << 20) ?? [])].length).toBe(3000);
    closeSync(fd);
  });
});

async function copied(
  { disk }: Sandbox,
  text: string,
  size: number,
  between: () => Promise<void> | undefined = () => undefined,
): Promise<string> {
  writeFileSync(join(disk, 'from'), text);
  const [from, to] = [openSync(join(disk, 'from'), 'r'), openSync(join(disk, 'to'), 'w+')];
  await new FileDataCopier(between).copy(from, to, size);
  closeSync(from);
  closeSync(to);
  return readFileSync(join(disk, 'to'), 'utf8');
}
