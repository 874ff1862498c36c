import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

// biome-ignore format: a table
const forbidden: readonly (readonly [folder: string, line: string])[] = [
  ['errors',   "import { x } from '../domain/x.ts';"],
  ['errors',   "import { hostname } from 'node:os';"],
  ['domain',   "import { x } from '../manifest/x.ts';"],
  ['domain',   "import { createServer } from 'node:net';"],
  ['domain',   "import { fileURLToPath } from 'node:url';"],
  ['domain',   "import { randomBytes } from 'node:crypto';"],
  ['manifest', "import { x } from '../plan/x.ts';"],
  ['manifest', "import { readFile } from 'node:fs/promises';"],
  ['closure',  "import { readFileSync } from 'node:fs';"],
  ['closure',  "import { x } from '../plan/x.ts';"],
  ['closure',  "import { x } from '../host/x.ts';"],
  ['render',   "import fs from 'fs-extra';"],
  ['render',   "import { x } from '../plan/x.ts';"],
  ['plan',     "import { readFileSync } from 'node:fs';"],
  ['plan',     "import { readFile } from 'node:fs/promises';"],
  ['plan',     "import { spawn } from 'node:child_process';"],
  ['plan',     "import process from 'node:process';"],
  ['plan',     "import { execa } from 'execa';"],
  ['plan',     "import { globby } from 'globby';"],
  ['plan',     "import koffi from 'koffi';"],
  ['plan',     "import { x } from '../host/x.ts';"],
  ['plan',     "import type { X } from '../engine/x.ts';"],
  ['plan',     "export const x = await import('../host/x.ts');"],
  ['plan/etc', "import { x } from '../../host/x.ts';"],
  ['linux',    "import { x } from '../engine/x.ts';"],
  ['linux',    "import { x } from '../manifest/x.ts';"],
  ['linux',    "import { execa } from 'execa';"],
  ['engine',   "import { x } from '../plan/x.ts';"],
  ['engine',   "import { x } from '../host/x.ts';"],
  ['engine',   "import { x } from '../cli/x.ts';"],
  ['engine',   "import koffi from 'koffi';"],
  ['engine',   "import { Listr } from 'listr2';"],
  ['host',     "import { x } from '../plan/x.ts';"],
  ['host',     "import { x } from '../engine/x.ts';"],
  ['host',     "import { x } from '../pipeline/x.ts';"],
  ['host',     "import inquirer from 'inquirer';"],
  ['pipeline', "import type { Io } from '../cli/io.ts';"],
  ['pipeline', "import inquirer from 'inquirer';"],
  ['pipeline', "import koffi from 'koffi';"],
  ['cli',      "import { Listr } from 'listr2';"],
  ['cli',      "import { x } from '../bin/virtfs.ts';"],
  ['bin',      "import koffi from 'koffi';"],
];

// biome-ignore format: a table
const allowed: readonly (readonly [folder: string, line: string])[] = [
  ['errors',   "import { constants } from 'node:os';"],
  ['domain',   "import { x } from '../errors/x.ts';"],
  ['domain',   "import { isIP } from 'node:net';"],
  ['domain',   "import { domainToASCII } from 'node:url';"],
  ['manifest', "import { x } from '../domain/x.ts';"],
  ['closure',  "import { dirname } from 'node:path';"],
  ['closure',  "import { x } from '../manifest/x.ts';"],
  ['render',   "import { Eta } from 'eta';"],
  ['plan',     "import { x } from '../closure/x.ts';"],
  ['plan',     "import { posix } from 'node:path/posix';"],
  ['plan',     "import { hash } from 'node:crypto';"],
  ['linux',    "import koffi from 'koffi';"],
  ['engine',   "import { x } from '../linux/x.ts';"],
  ['engine',   "import { fstatSync } from 'node:fs';"],
  ['host',     "import { x } from '../closure/x.ts';"],
  ['host',     "import { execa } from 'execa';"],
  ['pipeline', "import { x } from '../engine/x.ts';"],
  ['pipeline', "import { Listr } from 'listr2';"],
  ['cli',      "import inquirer from 'inquirer';"],
  ['cli',      "import { x } from '../pipeline/x.ts';"],
  ['bin',      "import { x } from '../cli/x.ts';"],
];

// A file whose name says it computes is pure in any folder.
const named: readonly (readonly [path: string, line: string])[] = [
  ['host/parse-x.ts', "import { readFileSync } from 'node:fs';"],
  ['cli/describe-x.ts', "import { x } from '../pipeline/x.ts';"],
];

const globals: readonly (readonly [folder: string, line: string])[] = [
  ['plan', 'export const x = process.pid;'],
  ['domain', 'export const x = Date.now();'],
];

describe('the linter', () => {
  let refused: ReadonlySet<string>;
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtfs-layers-'));
    // The very file, so that this test and `scripts/check` cannot differ.
    symlinkSync(join(root, 'biome.json'), join(folder, 'biome.json'));
    for (const [path, line] of named) put(folder, path, line);
    for (const [index, [path, line]] of globals.entries()) put(folder, `${path}/global${index}.ts`, line);
    for (const [index, [path, line]] of forbidden.entries()) put(folder, `${path}/bad${index}.ts`, line);
    for (const [index, [path, line]] of allowed.entries()) put(folder, `${path}/good${index}.ts`, line);
    refused = listRefused(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(cases(forbidden))('refuses in src/$path: $line', ({ path, index }) => {
    expect(refused).toContain(`src/${path}/bad${index}.ts`);
  });

  it.each(cases(allowed))('permits in src/$path: $line', ({ path, index }) => {
    expect(refused).not.toContain(`src/${path}/good${index}.ts`);
  });

  it.each(cases(named))('refuses in src/$path: $line', ({ path }) => {
    expect(refused).toContain(`src/${path}`);
  });

  it.each(cases(globals))('refuses in src/$path: $line', ({ path, index }) => {
    expect(refused).toContain(`src/${path}/global${index}.ts`);
  });
});

function cases(
  rows: readonly (readonly [path: string, line: string])[],
): readonly { readonly path: string; readonly line: string; readonly index: number }[] {
  return rows.map(([path, line], index) => ({ path, line, index }));
}

function put(folder: string, path: string, line: string): void {
  const file = join(folder, 'src', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${line}\n`);
}

/** The files, from `folder`, that one run of the linter names. */
function listRefused(folder: string): ReadonlySet<string> {
  const biome = join(root, 'node_modules/.bin/biome');
  const rules = ['--only=style/noRestrictedImports', '--only=style/noRestrictedGlobals'];
  const format = ['--reporter=json', '--max-diagnostics=none', '--colors=off'];
  try {
    execFileSync(biome, ['lint', ...rules, ...format, '.'], { cwd: folder, stdio: 'pipe' });
    return new Set();
  } catch (error) {
    const { stdout } = error as { readonly stdout: Buffer };
    const { diagnostics } = JSON.parse(stdout.toString()) as {
      readonly diagnostics: readonly { readonly location: { readonly path: string } }[];
    };
    return new Set(diagnostics.map(({ location }) => location.path));
  }
}
