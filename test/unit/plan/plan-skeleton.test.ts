import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planSkeleton } from '../../../src/plan/plan-skeleton.ts';
import { findMisplaced } from '../../support/entries.ts';

const entries = planSkeleton({ mailGid: 8, utmpGid: 43 });
const byPath = new Map<string, (typeof entries)[number]>(entries.map((entry) => [entry.path, entry]));

describe('planSkeleton', () => {
  it('has each path once, and each folder before what it holds', () => {
    expect(byPath.size).toBe(entries.length);
    expect(findMisplaced(entries, [])).toEqual([]);
  });

  // biome-ignore format: a list
  it.each([
    'etc/skel', 'home/a', 'home/z', 'proc', 'tmp', 'usr/bin', 'usr/sbin', 'usr/lib', 'var/log/wtmp', 'var/mail', 'var/spool', 'root',
  ])('has %s', (path) => {
    expect(byPath.has(path)).toBe(true);
  });

  it.each([
    ['usr/tmp', 'tmp'],
    ['var/tmp', 'tmp'],
    ['usr/spool', 'var/spool'],
    ['var/spool/mail', 'var/mail'],
    ['var/run', 'run'],
    ['var/lock', 'run/lock'],
  ])('links %s to %s, inside the tree from wherever it is looked at', (path, to) => {
    const entry = byPath.get(path);
    const target = entry?.type === 'symlink' ? entry.target : '/';
    expect(posix.isAbsolute(target)).toBe(false);
    expect(posix.join(posix.dirname(path), target)).toBe(to);
    expect(byPath.get(to)?.type).toBe('dir');
  });

  it('opens only the scratch folders to everyone, and those are sticky', () => {
    const open = entries.filter((entry) => 'mode' in entry && (entry.mode & 0o002) !== 0);
    expect(open.map((entry) => entry.path).sort()).toEqual(['run/lock', 'tmp']);
    for (const entry of open) expect(entry).toMatchObject({ mode: 0o1777 });
    expect(byPath.get('root')).toMatchObject({ mode: 0o700 });
  });

  it('makes the records of logins empty, and of the group utmp', () => {
    for (const path of ['run/utmp', 'var/log/wtmp', 'var/log/btmp']) {
      expect(byPath.get(path)).toMatchObject({
        source: { text: '' },
        shared: false,
        owner: { uid: 0, gid: 43 },
      });
    }
    expect(byPath.get('var/log/btmp')).toMatchObject({ mode: 0o660 });
    expect(byPath.get('var/mail')).toMatchObject({ mode: 0o2775, owner: { uid: 0, gid: 8 } });
  });
});
