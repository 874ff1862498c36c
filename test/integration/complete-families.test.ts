import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandSpec, type Completion, defineCommand } from '../../src/cli/command.ts';
import { type Shell, shells } from '../../src/cli/completion/render-completion.ts';
import { runMain } from '../../src/cli/run-main.ts';
import { generateSpec } from '../../src/cli/specs/generate-spec.ts';
import { fakeIo } from '../support/fake-io.ts';
import { needs } from '../support/needs.ts';
import { offersOf } from '../support/offers.ts';

const dir = mkdtempSync(join(tmpdir(), 'virtfs-'));

beforeAll(async () => {
  expect(await runMain(table, ['generate', 'docs', dir], fakeIo())).toBe(0);
  mkdirSync(join(dir, 'bin'));
  // A stand-in for the installed program, of which completion asks names.
  writeFileSync(
    join(dir, 'bin/virtfs'),
    `#!/bin/sh
case "$*" in
  "list --names") echo a.org; echo b.org ;;
  "user list --names -- a.org") echo bob; echo bea ;;
  "user list --names --root /r -- a.org") echo rob ;;
esac
`,
    { mode: 0o755 },
  );
});
afterAll(() => rmSync(dir, { recursive: true }));

describe.each(shells)('completion of families in %s', (shell) => {
  const isThere = needs({ program: shell });

  test.runIf(isThere)('is a script that the shell can read', () => {
    const name = { bash: 'virtfs', zsh: '_virtfs', fish: 'virtfs.fish' }[shell];
    const { status, stderr } = spawnSync(shell, ['-n', join(dir, 'completions', shell, name)], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test.runIf(isThere).each([
    ['virtfs ', ['help', 'list', 'user']],
    ['virtfs us', ['user']],
    ['virtfs user ', ['add', 'remove']],
    ['virtfs user r', ['remove']],
    ['virtfs help ', ['list', 'user']],
    ['virtfs help user ', ['add', 'remove']],
    ['virtfs user add --sh', ['--shell']],
    ['virtfs user add --shell ', ['/bin/false', '/bin/sh']],
    ['virtfs user remove ', ['a.org', 'b.org']],
    ['virtfs user remove a.org ', ['bea', 'bob']],
    ['virtfs user remove a.org bo', ['bob']],
    ['virtfs user remove --force a.org ', ['bea', 'bob']],
    ['virtfs user remove --root /r a.org ', ['rob']],
    ['virtfs user add a.org ', []],
    ['virtfs user add --shell /bin/sh ', ['a.org', 'b.org']],
  ])('offers for %j: %j', (line, wanted) => {
    expect(offered(shell, line)).toEqual(wanted);
  });
});

function offered(shell: Shell, line: string): readonly string[] {
  // Options at the first words are not what this is about.
  return offersOf(shell, line, { dir, program: 'virtfs' }).filter(
    (word) => line.includes('--') || !word.startsWith('-'),
  );
}

const table: readonly CommandSpec[] = [
  command('list', []),
  command('user add', ['domain', 'none']),
  command('user remove', ['domain', 'tree-user']),
  generateSpec,
];

function command(name: string, completeOperands: readonly Completion[]): CommandSpec {
  return defineCommand({
    name,
    summary: `${name}, it's a test`,
    operands: completeOperands.length === 0 ? '' : 'DOMAIN USER',
    takes: [0, 2],
    completeOperands,
    options: {
      root: { type: 'string', short: 'r', value: 'DIR', help: 'where', complete: 'directory' },
      shell: { type: 'string', value: 'SHELL', help: 'which', complete: ['/bin/sh', '/bin/false'] },
      force: { type: 'boolean', help: 'yes' },
    },
    description: [],
    examples: [],
    load: async () => async () => 0,
  });
}
