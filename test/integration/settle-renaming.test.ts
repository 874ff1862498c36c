import { existsSync, mkdirSync, readFileSync, renameSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { changeTrees } from '../../src/pipeline/change-trees.ts';
import { addAliases, codeOf, makeOne, namesIn, recordFile } from '../support/change-one.ts';
import { needs } from '../support/needs.ts';
import { renameOne } from '../support/rename-one.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('settleRenaming', () => {
  sandboxTest(
    'undoes a renaming whose tree did not move, though a folder has the new name',
    async ({ sandbox }) => {
      await makeOne(sandbox, { aliases: ['www.one.org'] });
      begin(sandbox);
      mkdirSync(join(sandbox.root, 'new.org'));
      await runNextCommand(sandbox);
      expect(namesIn(sandbox.root)).toEqual(['new.org', 'one.org', 'www.one.org']);
      expect(namesIn(join(sandbox.root, '.virtfs/domains'))).toEqual(['one.org.json']);
    },
  );

  sandboxTest('finishes a renaming in a root that was copied to another disk', async ({ sandbox }) => {
    await makeOne(sandbox, { aliases: ['www.one.org'] });
    begin(sandbox, '1');
    renameSync(join(sandbox.root, 'one.org'), join(sandbox.root, 'new.org'));
    await runNextCommand(sandbox);
    expect(namesIn(sandbox.root)).toEqual(['new.org', 'www.one.org']);
    expect(namesIn(join(sandbox.root, '.virtfs/domains'))).toEqual(['new.org.json']);
  });

  sandboxTest('keeps other commands from a root whose notes on it cannot be read', async ({ sandbox }) => {
    await makeOne(sandbox);
    writeFileSync(join(sandbox.root, '.virtfs/renaming.json'), '{"version":1');
    expect(await codeOf(addAliases(sandbox, 'www.one.org'))).toBe('BAD_RECORD');
  });

  sandboxTest('undoes a renaming for which the disk has no room, wherever that ends', async ({ sandbox }) => {
    await makeOne(sandbox, { aliases: ['www.one.org'] });
    const before = readFileSync(recordFile(sandbox), 'utf8');
    let refusals = 0;
    for (let pages = 0; pages < 50; pages++) {
      sandbox.remount(`size=${usedBytes(sandbox.disk) + pages * pageBytes}`);
      const code = await codeOf(renameOne(sandbox));
      if (code === 'done') break;
      expect(code).toBe('NO_SPACE');
      refusals += 1;
      expect(existsSync(join(sandbox.root, '.virtfs/renaming.json'))).toBe(false);
      expect(namesIn(sandbox.root)).toEqual(['one.org', 'www.one.org']);
      expect(namesIn(join(sandbox.root, '.virtfs/domains'))).toEqual(['one.org.json']);
      expect(readFileSync(recordFile(sandbox), 'utf8')).toBe(before);
    }
    expect(refusals).toBeGreaterThan(2);
    expect(namesIn(sandbox.root)).toEqual(['new.org', 'www.one.org']);
  });
});

const pageBytes = 4096;

/** All that stands there right before the tree is moved. */
function begin({ root }: Sandbox, inode = '0'): void {
  const renaming = { version: 1, from: 'one.org', to: 'new.org', keepAlias: false, inode, roots: [root] };
  writeFileSync(join(root, '.virtfs/renaming.json'), JSON.stringify(renaming));
  const record = JSON.parse(readFileSync(recordFile({ root }), 'utf8'));
  writeFileSync(recordFile({ root }, 'new.org'), JSON.stringify({ ...record, domain: 'new.org' }));
}

async function runNextCommand({ root }: Sandbox): Promise<void> {
  const { signal } = new AbortController();
  await changeTrees({ root, what: 'look', signal, onWait: () => {} }, async () => {});
}

function usedBytes(disk: string): number {
  const { blocks, bfree, bsize } = statfsSync(disk);
  return (blocks - bfree) * bsize;
}
