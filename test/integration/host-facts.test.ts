import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Host } from '../../src/host/open-host.ts';
import { needs } from '../support/needs.ts';

const hostTest = test.extend<{ place: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest asks for an object pattern
  place: async ({}, use) => {
    const place = mkdtempSync(join(tmpdir(), 'virtfs-facts-'));
    for (const folder of ['lib', 'list', 'other', 'behind']) mkdirSync(join(place, folder));
    copyFileSync('/usr/bin/true', join(place, 'lib/program'));
    writeFileSync(join(place, 'lib/script'), '#!/bin/sh\n');
    writeFileSync(join(place, 'lib/text'), 'text\n');
    writeFileSync(join(place, 'lib/data'), 'data\n');
    writeFileSync(join(place, 'lib/empty'), '');
    symlinkSync('data', join(place, 'lib/link'));
    symlinkSync('lib', join(place, 'folder-link'));
    symlinkSync('behind', join(place, 'list-link'));
    await use(place);
    rmSync(place, { recursive: true });
  },
});

describe.runIf(needs('root'))('Host.stillHolds', () => {
  // biome-ignore format: a table
  const harmless: readonly (readonly [string, (place: string) => void])[] = [
    ['nothing changes',                        () => {}],
    ['a data file has other bytes',            (place) => replace(place, 'lib/data', 'other\n')],
    ['a text is written again',                (place) => replace(place, 'lib/text', 'text\n')],
    ['a script has another second line',       (place) => replace(place, 'lib/script', '#!/bin/sh\n# more\n')],
    ['a program has more bytes at its end',    (place) => appendFileSync(join(place, 'lib/program'), 'more')],
    ['a name comes to a folder nobody listed', (place) => writeFileSync(join(place, 'lib/new'), '')],
    ['a link is made again',                   (place) => relink(place, 'lib/link', 'data')],
  ];
  for (const [what, change] of harmless) {
    hostTest(`is true when ${what}`, ({ place }) => expect(holdsAfter(place, change)).toBe(true));
  }

  // biome-ignore format: a table
  const telling: readonly (readonly [string, (place: string) => void])[] = [
    ['a file has another mode',                 (place) => chmodSync(join(place, 'lib/data'), 0o600)],
    ['a file has another user',                 (place) => chownSync(join(place, 'lib/data'), 1, 0)],
    ['a file has another group',                (place) => chownSync(join(place, 'lib/data'), 0, 1)],
    ['a file has become a folder',              (place) => { unlinkSync(join(place, 'lib/data')); mkdirSync(join(place, 'lib/data')); }],
    ['a file has become a link',                (place) => relink(place, 'lib/data', 'text')],
    ['a file is gone',                          (place) => unlinkSync(join(place, 'lib/data'))],
    ['a file is empty by now',                  (place) => truncateSync(join(place, 'lib/data'))],
    ['an empty file is filled',                 (place) => writeFileSync(join(place, 'lib/empty'), 'full')],
    ['a text is another',                       (place) => replace(place, 'lib/text', 'TEXT\n')],
    ['a script has another interpreter',        (place) => replace(place, 'lib/script', '#!/bin/bash\n')],
    ['a program needs other libraries',         (place) => copyFileSync('/usr/bin/bash', join(place, 'lib/program'))],
    ['a listed folder has another name',        (place) => writeFileSync(join(place, 'list/new'), '')],
    ['a folder listed through a link has another name', (place) => writeFileSync(join(place, 'behind/new'), '')],
    ['a listed folder has another mode',        (place) => chmodSync(join(place, 'list'), 0o700)],
    ['a link leads elsewhere',                  (place) => relink(place, 'lib/link', 'text')],
    ['a link to a folder leads elsewhere',      (place) => relink(place, 'folder-link', 'other')],
    ['what was not there is',                   (place) => writeFileSync(join(place, 'lib/absent'), '')],
    ['what was not there is, below new folders', (place) => mkdirSync(join(place, 'nowhere/at/all'), { recursive: true })],
    ['what was not there is a link',            (place) => symlinkSync('data', join(place, 'lib/absent'))],
  ];
  for (const [what, change] of telling) {
    hostTest(`is false when ${what}`, ({ place }) => expect(holdsAfter(place, change)).toBe(false));
  }
});

describe('Host.isSettled', () => {
  hostTest('is false right after a change, and true when it is some time ago', ({ place }) => {
    expect(ask(place).isSettled()).toBe(false);
    const old = new Host(new Map());
    old.lstat('/usr/bin/true');
    expect(old.isSettled()).toBe(true);
  });
});

/** Whether the facts noted before the change hold after it. */
function holdsAfter(place: string, change: (place: string) => void): boolean {
  const before = ask(place);
  const [facts, answers] = [before.facts(), before.answers()];
  change(place);
  const now = new Host(new Map());
  const changed = new Set(now.changedAnswers(answers).map(([path]) => path));
  return now.stillHolds(facts, answers, changed);
}

/** Asks as planning does: of each kind of thing what is asked of it. */
function ask(place: string): Host {
  const host = new Host(new Map());
  const at = (name: string) => join(place, name);
  for (const name of ['lib/data', 'lib/empty', 'lib/link', 'lib/absent', 'nowhere/at/all', 'folder-link'])
    host.lstat(at(name));
  host.lstat(at('list'));
  host.list(at('list'));
  host.list(at('list-link'));
  for (const name of ['lib/program', 'lib/script']) host.program(at(name));
  host.text(at('lib/text'));
  return host;
}

/** As a package manager does. */
function replace(place: string, name: string, text: string): void {
  const path = join(place, name);
  writeFileSync(`${path}.new`, text);
  chmodSync(`${path}.new`, statSync(path).mode);
  renameSync(`${path}.new`, path);
}

function relink(place: string, name: string, target: string): void {
  unlinkSync(join(place, name));
  symlinkSync(target, join(place, name));
}
