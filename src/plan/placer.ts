import { posix } from 'node:path';
import type { HostFile, HostView } from '../domain/host-view.ts';
import { rootOwner } from '../domain/owner.ts';
import { mayShareInode } from '../domain/shared-dirs.ts';
import type { Entry } from '../manifest/entry.ts';
import { treePath, treePathOf } from '../manifest/tree-path.ts';

const mostLinks = 40;

/** What became of placing one host path. */
export type Placed =
  | { readonly type: 'placed' /** Host path with all links followed. */; readonly real: string }
  | { readonly type: 'missing'; readonly at: string }
  | { readonly type: 'denied'; readonly at: string; readonly why: string }
  | { readonly type: 'unfit'; readonly at: string; readonly why: string };

export interface PlacerRules {
  readonly host: HostView;
  /** Why a host path may not enter a tree, or undefined. */
  readonly denied: (hostPath: string) => string | undefined;
  /** Whether the profile takes a path out again that it did not name itself: one of a folder, or of all programs. */
  readonly excluded?: (hostPath: string) => boolean;
  /** Host paths that keep their set-id bits. */
  readonly setid: ReadonlySet<string>;
}

/**
 * Gathers the entries that make host paths reachable at the same paths inside a tree: every folder on the way, every
 * link of every chain (merged /usr, alternatives), and the file at the end. Each path is placed once.
 */
export class Placer {
  readonly #rules: PlacerRules;
  readonly #entries = new Map<string, Entry>();
  readonly #results = new Map<string, Placed>();

  constructor(rules: PlacerRules) {
    this.#rules = rules;
  }

  /** All entries so far, a folder before what it holds. */
  entries(): Entry[] {
    return [...this.#entries.values()];
  }

  /** True when `hostPath`, links followed, is a file or folder among the entries. */
  leadsToEntry(hostPath: string): boolean {
    let at = hostPath;
    for (let links = 0; links <= mostLinks; links++) {
      const link = prefixesOf(at).find((prefix) => this.#entries.get(prefix.slice(1))?.type === 'symlink');
      if (link === undefined) return this.#entries.has(at.slice(1));
      const entry = this.#entries.get(link.slice(1));
      if (entry?.type !== 'symlink') return false;
      at = posix.join(posix.resolve(posix.dirname(link), entry.target), at.slice(link.length));
    }
    return false;
  }

  /**
   * Places `hostPath`, an absolute path, or nothing of the way there. A folder is placed without what it holds.
   * Where the path is one of many and was not asked for by name, the profile may exclude where it leads.
   */
  place(hostPath: string, why: string, asked: 'by name' | 'as one of many' = 'by name'): Placed {
    const known = this.#results.get(hostPath);
    if (known !== undefined) return known;
    const way: Entry[] = [];
    const walked = this.#walk(hostPath, why, way);
    const isOut =
      asked === 'as one of many' && walked.type === 'placed' && this.#rules.excluded?.(walked.real);
    const placed: Placed = isOut
      ? { type: 'denied', at: walked.real, why: 'the profile excludes it' }
      : walked;
    if (placed.type === 'placed') for (const entry of way) this.#add(entry);
    this.#results.set(hostPath, placed);
    return placed;
  }

  /** Places a folder and all below it; a file as `place` does. Calls `skipped` for what stays out. */
  placeAll(hostPath: string, why: string, skipped: (placed: Placed) => void): void {
    const placed = this.place(hostPath, why);
    if (placed.type === 'placed') this.#placeBelow(placed.real, why, skipped);
    else skipped(placed);
  }

  // A link inside a copied folder is copied as it stands; where it leads is not part of what was asked for.
  #placeBelow(dir: string, why: string, skipped: (placed: Placed) => void): void {
    const { host } = this.#rules;
    if (host.lstat(dir)?.type !== 'dir') return;
    for (const name of host.list(dir)) {
      if (this.#rules.excluded?.(`${dir}/${name}`)) continue;
      const way: Entry[] = [];
      const step = this.#step(`${dir}/${name}`, why, way);
      for (const entry of way) this.#add(entry);
      if ('type' in step) skipped(step);
      else if ('to' in step) this.#placeBelow(step.to, why, skipped);
    }
  }

  #walk(hostPath: string, why: string, way: Entry[]): Placed {
    let at = '/';
    let links = 0;
    const todo = parts(hostPath).reverse();
    for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
      const next = posix.join(at, name);
      // `..` leads to what was passed, and placed, on the way here.
      const step =
        name === '..'
          ? { to: next }
          : this.#step(next, todo.length === 0 ? why : `on the way to what is ${why}`, way);
      if ('type' in step) return step;
      if ('to' in step) at = step.to;
      else if (++links > mostLinks) return endless(next);
      else at = follow(step.target, at, todo);
    }
    return { type: 'placed', real: at };
  }

  /** One name further: to a folder or file, or along a link; or why it goes no further. */
  #step(
    next: string,
    why: string,
    way: Entry[],
  ): Placed | { readonly to: string } | { readonly target: string } {
    const found = this.#rules.host.lstat(next);
    if (found === undefined) return { type: 'missing', at: next };
    const denied = this.#rules.denied(next);
    if (denied !== undefined) return { type: 'denied', at: next, why: denied };
    if (found.type === 'symlink') {
      const target = found.target ?? '';
      way.push({ type: 'symlink', path: treePathOf(next), target, why: `a link: ${why}` });
      return { target };
    }
    const entry = this.#entryOf(next, found, why);
    if (entry === undefined) return { type: 'unfit', at: next, why: 'it is a socket, a FIFO or a device' };
    way.push(entry);
    return { to: next };
  }

  #entryOf(hostPath: string, found: HostFile, why: string): Entry | undefined {
    const path = treePath(hostPath.slice(1));
    if (found.type === 'dir') {
      return { type: 'dir', path, mode: found.mode & 0o1755, owner: rootOwner, why };
    }
    if (found.type !== 'file') return undefined;
    const keepsSetid = this.#rules.setid.has(hostPath);
    const mode = found.mode & (keepsSetid ? 0o7755 : 0o755);
    const owner = keepsSetid ? { uid: found.uid, gid: found.gid } : rootOwner;
    const shared = found.size > 0 && (mode & 0o7000) === 0 && mayShareInode(path);
    return { type: 'file', path, mode, owner, source: { copyOf: hostPath }, shared, why };
  }

  #add(entry: Entry): void {
    if (!this.#entries.has(entry.path)) this.#entries.set(entry.path, entry);
  }
}

/** Puts the names of a link's target before what is left to walk; returns where the walk goes on. */
function follow(target: string, at: string, todo: string[]): string {
  todo.push(...parts(target).reverse());
  return target.startsWith('/') ? '/' : at;
}

function endless(at: string): Placed {
  return { type: 'unfit', at, why: 'its chain of symbolic links has no end' };
}

/** `/a`, `/a/b`, `/a/b/c` of `/a/b/c`. */
function prefixesOf(path: string): string[] {
  const names = parts(path);
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}

function parts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
