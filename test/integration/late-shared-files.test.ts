import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { closeCell, makeCell } from '../../src/engine/make-cell.ts';
import { openTreesRoot } from '../../src/engine/open-root.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { update } from '../support/run-update.ts';
import { runProgram } from '../support/run-virtexec.ts';
import { sandboxTest, small } from '../support/trees-root.ts';

describe.runIf(needs('root'))('What an update is the first to bring into a folder', () => {
  sandboxTest(
    'is no file that who runs there since before may change for all',
    async ({ sandbox, hostFolder }) => {
      const settings = { ...sandbox.settings, link: 'hardlink' as const };
      await create({ settings, domains: ['a.example', 'b.example'] });
      using trees = openTreesRoot(sandbox.root, { make: false });
      const cell = makeCell(trees, parseDomainName('a.example'));
      try {
        const tool = join(hostFolder, 'bin/tool');
        mkdirSync(join(hostFolder, 'bin'));
        writeFileSync(tool, '#!/bin/sh\n', { mode: 0o755 });
        sandbox.putProfile('small', small.replace('commands = [', `commands = ["${tool}", `));
        await update(settings);
        const [own, others] = ['a.example', 'b.example'].map((domain) => join(sandbox.root, domain, tool));
        expect(statSync(own ?? '').ino).toBe(statSync(others ?? '').ino);
        const inside = `--mount=/proc/${process.pid}/fd/${cell.namespaces.mnt}`;
        const ended = runProgram(['nsenter', inside, '/bin/sh', '-c', 'echo changed >> "$0"', tool]);
        expect(ended.err).toContain('Read-only file system');
        expect(readFileSync(others ?? '', 'utf8')).toBe('#!/bin/sh\n');
      } finally {
        closeCell(cell);
      }
    },
  );
});
