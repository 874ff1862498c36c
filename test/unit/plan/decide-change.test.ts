import { describe, expect, test } from 'vitest';
import type { ManifestEntry } from '../../../src/manifest/manifest.ts';
import { treePath } from '../../../src/manifest/tree-path.ts';
import { type Decision, decideChange, type Found } from '../../../src/plan/decide-change.ts';
import type { Keeping } from '../../../src/plan/decide-keeping.ts';

const one = file('1');
const two = file('2');
const folder: ManifestEntry = { ...one, type: 'dir', mode: '0755' };
const closedFolder: ManifestEntry = { ...folder, mode: '0700' };

describe('decideChange', () => {
  // biome-ignore format: a table
  test.each<readonly [Keeping, ManifestEntry | undefined, ManifestEntry | undefined, Found, Decision]>([
    // What is the host's comes to be as the host has it, whoever changed it.
    ['system', one, two, 'as before', 'put'],
    ['system', one, two, 'other', 'put'],
    ['system', one, two, 'absent', 'put'],
    ['system', one, two, 'as after', 'leave'],
    ['system', one, one, 'other', 'put'],
    ['system', one, one, 'absent', 'put'],
    ['system', undefined, two, 'absent', 'put'],
    ['system', undefined, two, 'other', 'put'],
    ['system', one, two, 'folder', 'blocked'],
    ['system', one, two, 'empty folder', 'put'],
    // What goes, goes only as it was laid.
    ['system', one, undefined, 'as before', 'remove'],
    ['system', one, undefined, 'other', 'leave'],
    ['system', one, undefined, 'folder', 'leave'],
    ['system', one, undefined, 'absent', 'leave'],
    // What the domain changed of its configuration stays.
    ['configuration', one, two, 'as before', 'put'],
    ['configuration', one, two, 'other', 'lay beside'],
    ['configuration', one, two, 'as after', 'leave'],
    ['configuration', one, two, 'absent', 'leave'],
    ['configuration', one, one, 'other', 'leave'],
    ['configuration', one, one, 'absent', 'leave'],
    ['configuration', undefined, two, 'absent', 'put'],
    ['configuration', undefined, two, 'other', 'lay beside'],
    ['configuration', one, two, 'folder', 'blocked'],
    ['configuration', one, two, 'empty folder', 'blocked'],
    ['configuration', one, undefined, 'as before', 'remove'],
    ['configuration', one, undefined, 'other', 'leave'],
    // What is on the way hides the rest.
    ['system', one, two, 'hidden', 'blocked'],
    ['system', one, undefined, 'hidden', 'blocked'],
    ['system', folder, folder, 'hidden', 'blocked'],
    ['configuration', one, two, 'hidden', 'blocked'],
    ['data', undefined, two, 'hidden', 'leave'],
    ['data', one, undefined, 'hidden', 'leave'],
    // Accounts and data are begun with, and then the domain's.
    ['data', undefined, two, 'absent', 'put'],
    ['data', undefined, two, 'other', 'leave'],
    ['data', one, two, 'as before', 'leave'],
    ['data', one, two, 'absent', 'leave'],
    ['data', one, undefined, 'as before', 'leave'],
    ['data', undefined, two, 'folder', 'leave'],
    ['data', undefined, two, 'empty folder', 'leave'],
    ['accounts', one, two, 'as before', 'leave'],
    ['accounts', one, undefined, 'as before', 'leave'],
    ['accounts', undefined, two, 'absent', 'put'],
    // Folders get their mode; what they hold is decided name by name.
    ['system', folder, closedFolder, 'folder', 'put'],
    ['system', folder, closedFolder, 'as before', 'put'],
    ['system', folder, folder, 'other', 'put'],
    ['system', undefined, folder, 'absent', 'put'],
    ['configuration', folder, closedFolder, 'as before', 'put'],
    ['configuration', folder, closedFolder, 'folder', 'leave'],
    ['configuration', folder, folder, 'absent', 'leave'],
    ['configuration', folder, closedFolder, 'other', 'blocked'],
    ['data', folder, closedFolder, 'folder', 'leave'],
    ['data', undefined, folder, 'absent', 'put'],
    ['system', folder, undefined, 'folder', 'remove'],
    ['system', folder, undefined, 'empty folder', 'remove'],
    ['system', folder, one, 'as before', 'put'],
    ['system', folder, undefined, 'other', 'leave'],
    ['data', folder, undefined, 'as before', 'leave'],
  ])('%s: %j to %j, found %s: %s', (keeping, before, after, found, decision) => {
    expect(decideChange({ keeping, before, after, found })).toBe(decision);
  });
});

function file(digit: string): ManifestEntry {
  const sha256 = digit.repeat(64);
  const owned = { mode: '0644', uid: 0, gid: 0 };
  return { type: 'file', path: treePath('x'), section: 'programs', why: 'a test', ...owned, sha256, size: 1 };
}
