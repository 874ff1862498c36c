import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** One thing below a folder, by `lstat`. */
export interface Found {
  readonly path: string;
  readonly stats: BigIntStats;
}

/** All that is below `folder`, not crossing into what is `skip`ped, folders before what they hold. */
export function walk(folder: string, skip: (path: string) => boolean = () => false): Found[] {
  const found: Found[] = [];
  const todo = [''];
  for (let dir = todo.pop(); dir !== undefined; dir = todo.pop()) {
    for (const name of readdirSync(join(folder, dir)).sort()) {
      const path = join(dir, name);
      if (skip(path)) continue;
      const stats = lstatSync(join(folder, path), { bigint: true });
      found.push({ path, stats });
      if (stats.isDirectory()) todo.push(path);
    }
  }
  return found;
}

/** What a tree holds, one line a path: type, mode, owner, and content by hash, target or number. No times, no inodes. */
export function listTree(folder: string): readonly string[] {
  return walk(folder)
    .map(({ path, stats }) => {
      const owner = `${stats.uid}:${stats.gid}`;
      return `${path} ${(Number(stats.mode) & 0o177777).toString(8)} ${owner} ${contentOf(join(folder, path), stats)}`;
    })
    .sort();
}

export function contentOf(path: string, stats: BigIntStats): string {
  if (stats.isFile()) return hashOf(path);
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  return stats.isCharacterDevice() || stats.isBlockDevice() ? `device ${stats.rdev}` : '';
}

export function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** A file as a test compares it before and after: everything but the time it was last read. */
export function fingerprint(path: string): string {
  const stats = lstatSync(path, { bigint: true });
  const { dev, ino, mode, nlink, uid, gid, size, mtimeNs, ctimeNs } = stats;
  return [
    path,
    dev,
    ino,
    mode.toString(8),
    nlink,
    uid,
    gid,
    size,
    mtimeNs,
    ctimeNs,
    contentOf(path, stats),
  ].join(' ');
}
