import { closeSync, constants, openSync } from 'node:fs';
import type { FileFacts } from '../domain/file-facts.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { openDirBeneath, openDirOfSameMount } from '../linux/files.ts';
import { NameReader } from '../linux/read-names.ts';
import { statAt } from '../linux/stat-at.ts';
import { heldPath } from './held-path.ts';

/** A folder on the way of a walk. Names are bytes, one character each. */
export interface WalkedFolder {
  readonly name: string;
  readonly parent: WalkedFolder | undefined;
}

/**
 * - `enter`, `leave`: around what a folder holds. `dirfd` is its descriptor, undefined where it was moved away while the
 *   walk was further down, so that not all of it was seen.
 * - `found`: a name in a folder, before the folder of that name is entered.
 * - `mount`: a name where something is mounted, which is not looked at.
 * - `deep`: a folder nested too deep to be entered.
 */
export type WalkEvent =
  | { readonly type: 'enter' | 'leave'; readonly folder: WalkedFolder; readonly dirfd: number | undefined }
  | {
      readonly type: 'found';
      readonly folder: WalkedFolder;
      readonly dirfd: number;
      readonly name: string;
      readonly facts: FileFacts;
    }
  | { readonly type: 'mount' | 'deep'; readonly folder: WalkedFolder; readonly name: string };

/** Folders held open at once: with all else, the process stays below 64 descriptors (see held-tree.ts). */
const mostOpen = 16;

/** Levels of folders; each costs memory, and people can nest them as deep as they have inodes. */
const mostLevels = 4000;

/** How often a folder that was moved while the walk was below it is looked for by its names. */
const mostSearches = 50;

/**
 * All names beneath the open folder `treeFd`, which stays the caller's, folders before what they hold. Every folder is
 * opened by its one name in the open folder above it, no link is followed and no mount entered: whatever is renamed
 * meanwhile, nothing outside of the tree is looked at. What comes and goes during the walk may be missed. Memory does not
 * grow with the number of files. Descriptors in an event are good until the next.
 */
export function* walkTree(treeFd: number): Generator<WalkEvent, void, undefined> {
  const way = new Way(treeFd);
  try {
    yield { type: 'enter', folder: way.top.folder, dirfd: way.top.fd };
    while (!way.isDone()) yield* step(way);
  } finally {
    way.close();
  }
}

function* step(way: Way): Generator<WalkEvent, void, undefined> {
  const { folder, fd, names } = way.top;
  const name = fd === undefined ? undefined : names.next(fd);
  if (fd === undefined || name === undefined) {
    yield { type: 'leave', folder, dirfd: fd };
    way.leave();
    return;
  }
  const facts = statAt(fd, name);
  if (facts === undefined) return;
  if (facts.isMount) {
    yield { type: 'mount', folder, name };
    return;
  }
  yield { type: 'found', folder, dirfd: fd, name, facts };
  if (facts.type !== 'dir') return;
  if (way.depth >= mostLevels) {
    yield { type: 'deep', folder, name };
    return;
  }
  const inner = openInner(fd, name);
  if (inner === 'mount') yield { type: 'mount', folder, name };
  else if (inner !== undefined) {
    way.enter(name, inner);
    yield { type: 'enter', folder: way.top.folder, dirfd: inner };
  }
}

interface Level {
  readonly folder: WalkedFolder;
  readonly names: NameReader;
  readonly identity: string | undefined;
  fd: number | undefined;
}

/** The folders from the tree's own to the one the walk is in, the lowest of them held open. */
class Way {
  readonly #levels: Level[];
  #searches = 0;

  constructor(treeFd: number) {
    // A file of its own: the place in the list of names belongs to the open file.
    const fd = openDirBeneath(treeFd, '.');
    this.#levels = [levelOf({ name: '', parent: undefined }, fd)];
  }

  get depth(): number {
    return this.#levels.length;
  }

  get top(): Level {
    const top = this.#levels.at(-1);
    if (top === undefined) throw new Error('the walk is over');
    return top;
  }

  isDone(): boolean {
    return this.#levels.length === 0;
  }

  enter(name: string, fd: number): void {
    // The tree's own folder stays open, to find others from.
    const hidden = this.#levels.length - mostOpen;
    const far = hidden > 0 ? this.#levels[hidden] : undefined;
    if (far?.fd !== undefined) {
      closeSync(far.fd);
      far.fd = undefined;
    }
    this.#levels.push(levelOf({ name, parent: this.top.folder }, fd));
  }

  leave(): void {
    const left = this.#levels.pop();
    const above = this.#levels.at(-1);
    if (above !== undefined && above.fd === undefined) this.#reopen(above, left?.fd);
    if (left?.fd !== undefined) closeSync(left.fd);
  }

  close(): void {
    for (const { fd } of this.#levels) if (fd !== undefined) closeSync(fd);
  }

  /** Opens a folder again: the one above `below` if it is still that, else by its names. */
  #reopen(level: Level, below: number | undefined): void {
    const fd = (below === undefined ? undefined : openAbove(below, level)) ?? this.#search(level);
    if (fd === undefined) return;
    level.fd = fd;
    level.names.resume(fd);
  }

  #search(level: Level): number | undefined {
    this.#searches += 1;
    if (this.#searches > mostSearches) return undefined;
    let fd = openDirBeneath(this.#levels[0]?.fd ?? -1, '.');
    for (const { folder } of this.#levels.slice(1)) {
      const next = openInner(fd, folder.name);
      closeSync(fd);
      if (next === undefined || next === 'mount') return undefined;
      fd = next;
    }
    return keepIfSame(fd, level);
  }
}

function levelOf(folder: WalkedFolder, fd: number): Level {
  return { folder, names: new NameReader(), identity: statAt(fd, '')?.identity, fd };
}

function openAbove(below: number, level: Level): number | undefined {
  try {
    const path = heldPath(below, '..');
    return keepIfSame(openSync(path, constants.O_RDONLY | constants.O_DIRECTORY), level);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function keepIfSame(fd: number, { identity }: Level): number | undefined {
  if (statAt(fd, '')?.identity === identity) return fd;
  closeSync(fd);
  return undefined;
}

/** The folder `name` of an open one; undefined when it is gone or something else by now. */
function openInner(fd: number, name: string): number | 'mount' | undefined {
  try {
    return openDirOfSameMount(fd, Buffer.from(name, 'latin1'));
  } catch (error) {
    if (isErrno(error, 'EXDEV')) return 'mount';
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].some((code) => isErrno(error, code))) return undefined;
    throw error;
  }
}
