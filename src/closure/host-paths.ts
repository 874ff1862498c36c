import { posix } from 'node:path';
import type { HostView } from '../domain/host-view.ts';

// path_resolution(7): MAXSYMLINKS.
const mostLinks = 40;

/** Paths of the host with their symbolic links followed, remembered for one plan. */
export interface HostPaths {
  /** The path without links, `.` and `..`, as the kernel resolves it; undefined when there is nothing, or no end of links. */
  readonly real: (path: string) => string | undefined;
  /** Names in the directory of this path, links followed. */
  readonly names: (dir: string) => ReadonlySet<string>;
  /** The real path of a regular file `name` in a directory, undefined when there is none. */
  readonly fileIn: (dir: string, name: string) => string | undefined;
}

export function hostPaths(host: HostView): HostPaths {
  const reals = new Map<string, string | undefined>();
  const lists = new Map<string, ReadonlySet<string>>();

  const real = (path: string): string | undefined => {
    if (!reals.has(path)) reals.set(path, walk(host, path));
    return reals.get(path);
  };
  const names = (dir: string): ReadonlySet<string> => {
    const known = lists.get(dir);
    if (known !== undefined) return known;
    const at = real(dir);
    const found = new Set(at === undefined || host.lstat(at)?.type !== 'dir' ? [] : host.list(at));
    lists.set(dir, found);
    return found;
  };
  const fileIn = (dir: string, name: string): string | undefined => {
    if (!names(dir).has(name)) return undefined;
    const at = real(`${dir}/${name}`);
    return at !== undefined && host.lstat(at)?.type === 'file' ? at : undefined;
  };
  return { real, names, fileIn };
}

function walk(host: HostView, path: string): string | undefined {
  // No path holds a NUL; a file may claim one.
  if (!path.startsWith('/') || path.includes('\0')) return undefined;
  const way: Way = { at: '/', todo: partsOf(path).reverse(), links: 0 };
  while (way.todo.length > 0) {
    if (host.lstat(way.at)?.type !== 'dir' || way.links > mostLinks) return undefined;
    advance(host, way);
  }
  return way.links > mostLinks || host.lstat(way.at) === undefined ? undefined : way.at;
}

interface Way {
  /** Resolved so far, free of links. */
  at: string;
  /** What is left of the path, the next component last. */
  readonly todo: string[];
  links: number;
}

function advance(host: HostView, way: Way): void {
  const name = way.todo.pop() ?? '.';
  const next = step(way.at, name);
  const target = name === '..' ? undefined : host.lstat(next)?.target;
  if (target === undefined) {
    way.at = next;
    return;
  }
  way.links += 1;
  if (target.startsWith('/')) way.at = '/';
  way.todo.push(...partsOf(target).reverse());
}

function step(at: string, name: string): string {
  if (name === '..') return posix.dirname(at);
  return at === '/' ? `/${name}` : `${at}/${name}`;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
