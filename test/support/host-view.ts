import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import type { HostFile, HostFileType, HostView } from '../../src/domain/host-view.ts';
import type { ProgramFacts } from '../../src/domain/program-facts.ts';
import { readProgram } from '../../src/host/read-program.ts';

/**
 * This machine, each question answered once. `overrides` are texts that stand in for files, as for a configuration
 * that the machine has not.
 */
export function realHost(overrides: Readonly<Record<string, string>> = {}): HostView {
  const files = new Map<string, HostFile | undefined>();
  const lists = new Map<string, readonly string[]>();
  const programs = new Map<string, ProgramFacts>();
  return {
    lstat: (path) => once(files, path, () => describeFile(path)),
    list: (path) => once(lists, path, () => readdirSync(path).sort()),
    text: (path) => overrides[path] ?? readFileSync(path, 'utf8'),
    program: (path) => once(programs, path, () => readProgram(path)),
  };
}

function once<V>(known: Map<string, V>, path: string, ask: () => V): V {
  if (!known.has(path)) known.set(path, ask());
  return known.get(path) as V;
}

function describeFile(path: string): HostFile | undefined {
  const stats = lstatIfAny(path);
  if (stats === undefined) return undefined;
  const type = typeOf(stats);
  const target = type === 'symlink' ? { target: readlinkSync(path) } : {};
  return { type, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid, size: stats.size, ...target };
}

function lstatIfAny(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    // ENOTDIR, ENAMETOOLONG: no such path.
    return undefined;
  }
}

function typeOf(stats: Stats): HostFileType {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'dir';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}
