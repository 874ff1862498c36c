import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Host } from '../../src/host/open-host.ts';

const hostTest = test.extend<{ place: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest asks for an object pattern
  place: async ({}, use) => {
    const place = mkdtempSync(join(tmpdir(), 'virtfs-answers-'));
    mkdirSync(join(place, 'lib'));
    mkdirSync(join(place, 'other'));
    writeFileSync(join(place, 'lib/a.so'), 'a');
    writeFileSync(join(place, 'other/a.so'), 'other');
    symlinkSync('a.so', join(place, 'lib/link.so'));
    symlinkSync('lib', join(place, 'usrlib'));
    await use(place);
    rmSync(place, { recursive: true });
  },
});

describe('Host.stillAnswers', () => {
  hostTest('is true while nothing changes', ({ place }) => {
    expect(new Host(new Map()).stillAnswers(ask(place))).toBe(true);
  });

  // biome-ignore format: a table
  const changes: readonly (readonly [string, (place: string) => void])[] = [
    ['a file grows',                   (place) => appendFileSync(join(place, 'lib/a.so'), 'more')],
    ['a file is replaced',             (place) => renameSync(join(place, 'other/a.so'), join(place, 'lib/a.so'))],
    ['a file goes',                    (place) => unlinkSync(join(place, 'lib/a.so'))],
    ['a missing file comes',           (place) => writeFileSync(join(place, 'lib/absent.so'), '')],
    ['a missing folder comes',         (place) => mkdirSync(join(place, 'nowhere'))],
    ['a link leads elsewhere',         (place) => relink(place, 'lib/link.so', '../other/a.so')],
    ['a link to a folder leads elsewhere', (place) => relink(place, 'usrlib', 'other')],
    ['a listed folder gets a name',    (place) => writeFileSync(join(place, 'other/b.so'), '')],
  ];
  for (const [what, change] of changes) {
    hostTest(`is false when ${what}`, ({ place }) => {
      const answers = ask(place);
      change(place);
      expect(new Host(new Map()).stillAnswers(answers)).toBe(false);
    });
  }
});

function ask(place: string) {
  const host = new Host(new Map());
  for (const name of [
    'lib/a.so',
    'lib/link.so',
    'usrlib',
    'usrlib/a.so',
    'lib/absent.so',
    'nowhere/at/all',
  ]) {
    host.lstat(join(place, name));
  }
  host.list(join(place, 'other'));
  return host.answers();
}

function relink(place: string, name: string, target: string): void {
  unlinkSync(join(place, name));
  symlinkSync(target, join(place, name));
}
