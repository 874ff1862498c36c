import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { type HostCache, identityOf, parseHostCache } from './host-cache.ts';

/** How a file that came from the host stands to the host's file of now. */
export type Currency = 'current' | 'changed' | 'gone';

/** A file as a manifest has it: where it came from, and what it was. */
export interface LaidFile {
  readonly from: string;
  readonly sha256?: string;
  readonly size?: number;
}

/** Compares files of trees with those of the host, each file of the host read once at most. */
export class HostComparison {
  readonly #cache: HostCache;
  readonly #hashes = new Map<string, string>();

  /** What was learnt of host files for the trees of `root` is used while it holds; nothing is, where it may not be read. */
  constructor(root: string) {
    this.#cache = readHostCaches(join(root, '.virtfs', 'cache'));
  }

  /** Throws NEEDS_ROOT for a file of the host that may not be read. */
  compare({ from, sha256, size }: LaidFile): Currency {
    const stats = statIfAny(from);
    if (!stats?.isFile()) return 'gone';
    if (size !== undefined && stats.size !== size) return 'changed';
    return this.#hashOf(from, stats) === sha256 ? 'current' : 'changed';
  }

  #hashOf(path: string, stats: Stats): string {
    const known = this.#cache.get(path);
    if (known?.sha256 !== undefined && known.identity === identityOf(stats)) return known.sha256;
    const hash = this.#hashes.get(path) ?? hashFile(path);
    this.#hashes.set(path, hash);
    return hash;
  }
}

function statIfAny(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (['ENOTDIR', 'ELOOP', 'EACCES', 'ENAMETOOLONG'].some((code) => isErrno(error, code))) return undefined;
    throw error;
  }
}

function hashFile(path: string): string {
  try {
    // A FIFO may have taken the file's place.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      return fstatSync(fd).isFile() ? hashOpen(fd) : '';
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return '';
    throw explainErrno(error, `cannot read ${escapeLines(path)}`);
  }
}

const chunk = Buffer.allocUnsafe(1 << 18);

function hashOpen(fd: number): string {
  const sum = createHash('sha256');
  for (let at = 0; ; ) {
    const got = readSync(fd, chunk, 0, chunk.length, at);
    if (got === 0) return sum.digest('hex');
    sum.update(chunk.subarray(0, got));
    at += got;
  }
}

function readHostCaches(folder: string): HostCache {
  try {
    const names = readdirSync(folder).filter((name) => name.startsWith('host.') && name.endsWith('.json'));
    return new Map(names.flatMap((name) => [...parseHostCache(readFileSync(join(folder, name), 'utf8'))]));
  } catch {
    // Not there yet, or root's alone: the host is read anew.
    return new Map();
  }
}
