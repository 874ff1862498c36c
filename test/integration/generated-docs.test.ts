import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/command-table.ts';
import { runMain } from '../../src/cli/run-main.ts';
import { fakeIo } from '../support/fake-io.ts';
import { needs } from '../support/needs.ts';

const dir = mkdtempSync(join(tmpdir(), 'virtfs-'));
const files = (name: string) => readdirSync(join(dir, name)).map((file) => join(dir, name, file));

beforeAll(async () => {
  expect(await runMain(commands, ['generate', 'docs', dir], fakeIo())).toBe(0);
  // What completion asks for names: a stand-in for the installed program.
  mkdirSync(join(dir, 'bin'));
  writeFileSync(
    join(dir, 'bin/virtfs'),
    '#!/bin/sh\ncase "$*" in\n"list --names") echo a.org; echo b.org;;\n"list --names --root /r") echo r.org;;\n"profiles --names") echo login; echo minimal;;\nesac\n',
    { mode: 0o755 },
  );
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('virtfs generate docs', () => {
  test('writes every page and completion', () => {
    const written = [
      'man/man5',
      'man/man8',
      'completions/bash',
      'completions/zsh',
      'completions/fish',
    ].flatMap((name) => readdirSync(join(dir, name)));
    expect(written.sort()).toEqual(
      [
        'virtfs.toml.5',
        'virtfs-host.5',
        'virtfs-profile.5',
        'virtfs.8',
        'virtexec.8',
        'virtuald.8',
        'virtuald.toml.5',
        'virtfs',
        'virtexec',
        'virtuald',
        '_virtfs',
        '_virtexec',
        '_virtuald',
        'virtfs.fish',
        'virtexec.fish',
        'virtuald.fish',
        'virtmaild.8',
        'virtmaild',
        '_virtmaild',
        'virtmaild.fish',
        'virtmailfilter.8',
        'virtmailfilter',
        '_virtmailfilter',
        'virtmailfilter.fish',
        'virtmaildelivery.8',
        'virtmaildelivery',
        '_virtmaildelivery',
        'virtmaildelivery.fish',
      ].sort(),
    );
  });

  test.runIf(needs({ program: 'mandoc' }))('writes pages that mandoc has no complaint about', () => {
    for (const file of [...files('man/man5'), ...files('man/man8')]) {
      expect(run('mandoc', '-Tlint', '-W', 'warning', file)).toEqual({ status: 0, out: '', err: '' });
    }
  });

  test.runIf(needs({ program: 'mandoc' }))('keeps dashes that can be copied into a shell', () => {
    const { out } = run('mandoc', '-Tutf8', join(dir, 'man/man8/virtfs.8'));
    expect(out.replaceAll(new RegExp(`.${String.fromCharCode(8)}`, 'gu'), '')).toContain(
      'virtfs create example.org --dry-run',
    );
  });

  test.each(['bash', 'zsh', 'fish'])('writes completions that %s can read', (shell) => {
    if (!needs({ program: shell })) return;
    for (const file of files(`completions/${shell}`))
      expect(run(shell, '-n', file)).toEqual({ status: 0, out: '', err: '' });
  });
});

describe.runIf(needs({ program: 'bash' }))('completion in bash', () => {
  test.each([
    ['virtfs', ['cr'], ['create']],
    ['virtfs', ['help', 'prof'], ['profiles', 'profile']],
    ['virtfs', ['create', '--a'], ['--address', '--alias', '--admin']],
    ['virtfs', ['create', '--link', ''], ['auto', 'reflink', 'hardlink', 'copy']],
    ['virtfs', ['create', '--link', '=', 'h'], ['hardlink']],
    ['virtfs', ['create', '--profile', 'm'], ['minimal']],
    ['virtfs', ['create', '-p', 'login,m'], ['login,minimal']],
    ['virtfs', ['show', ''], ['a.org', 'b.org']],
    ['virtfs', ['show', '--root', '/r', ''], ['r.org']],
    ['virtfs', ['show', '--root', '=', '/r', ''], ['r.org']],
    ['virtfs', ['completion', 'z'], ['zsh']],
    ['virtexec', ['--d'], ['--domain']],
    ['virtexec', ['--domain', 'b'], ['b.org']],
    ['virtexec', ['--domain', 'b.org', 'ls', '--d'], []],
  ])('offers for %s %j: %j', (program, words, wanted) => {
    expect(offered(program, words)).toEqual(wanted);
  });
});

describe.runIf(needs({ program: 'fish' }))('completion in fish', () => {
  test.each([
    ['virtfs cr', ['create']],
    ['virtfs show ', ['a.org', 'b.org']],
    ['virtfs show --root /r ', ['r.org']],
    ['virtfs create --link h', ['hardlink']],
    ['virtfs create --profile login,m', ['login,minimal']],
    ['virtexec --domain b', ['b.org']],
  ])('offers for %j: %j', (line, wanted) => {
    const script = `source ${dir}/completions/fish/${line.split(' ')[0]}.fish; complete -C ${JSON.stringify(line)}`;
    const { out } = run('fish', '--no-config', '-c', script);
    expect(
      out
        .split('\n')
        .filter(Boolean)
        .map((each) => each.split('\t')[0]),
    ).toEqual(wanted);
  });
});

function offered(program: string, words: readonly string[]): readonly string[] {
  const script = `
    compopt() { :; }
    source "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _${program}
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { out } = run(
    'bash',
    '-c',
    script,
    'bash',
    join(dir, 'completions/bash', program),
    program,
    ...words,
  );
  return out.split('\n').filter(Boolean);
}

function run(program: string, ...args: string[]) {
  const env = { PATH: `${join(dir, 'bin')}:${process.env.PATH}`, HOME: dir, LC_ALL: 'C.UTF-8' };
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env });
  return { status, out: stdout, err: stderr };
}
