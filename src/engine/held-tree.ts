import { closeSync } from 'node:fs';
import { openDirBeneath, openDirOfSameMount } from '../linux/files.ts';
import type { TreePath } from '../manifest/tree-path.ts';

/**
 * Directories held open at once. With Node's own and the state's the process stays below 64 descriptors: growing the
 * table of a process with several threads costs the kernel a grace period, 10 ms and more.
 */
const mostOpen = 24;

/**
 * A tree held by descriptors.
 *
 * Whoever owns a folder of a tree may put a symbolic link in its place between two of our calls, so no path into a
 * tree is ever given to the kernel as text from outside: every folder is opened from the tree's own descriptor,
 * beneath it and through no link, and work goes on relative to that descriptor.
 */
export class HeldTree implements Disposable {
  readonly fd: number;
  readonly #openDir: (path: string) => number;
  readonly #open = new Map<string, number>();
  /** Folders of the tree that give what is made in them another group than root's. */
  readonly #giving = new Set<string>();
  #closed = false;

  /**
   * Takes over `fd`, an open directory, and closes it in the end. With `mounts: 'refused'`, a folder on another mount is
   * EXDEV: what the administrator mounted into the tree, a folder of the host maybe, is none of the tree's own.
   */
  constructor(fd: number, { mounts = 'crossed' }: { readonly mounts?: 'crossed' | 'refused' } = {}) {
    this.fd = fd;
    this.#openDir =
      mounts === 'refused' ? (path) => openDirOfSameMount(fd, path) : (path) => openDirBeneath(fd, path);
  }

  /** The descriptor of a directory of the tree; '' is the tree itself. Good until the next call. */
  dir(path: TreePath | ''): number {
    if (path === '') return this.fd;
    const known = this.#open.get(path);
    if (known !== undefined) {
      // The one used last goes last.
      this.#open.delete(path);
      this.#open.set(path, known);
      return known;
    }
    if (this.#open.size >= mostOpen) this.#closeOldest();
    const fd = this.#openDir(path);
    this.#open.set(path, fd);
    return fd;
  }

  /** The descriptor of the directory that holds `path`, and the last name of `path`. */
  parentOf(path: TreePath): { readonly dirfd: number; readonly name: string } {
    const slash = path.lastIndexOf('/');
    const dirfd = this.dir(path.slice(0, Math.max(slash, 0)) as TreePath | '');
    return { dirfd, name: path.slice(slash + 1) };
  }

  /** Notes the owner a folder of the tree was made with. */
  noteDir(path: TreePath, gid: number, mode: number): void {
    if (gid !== 0 || (mode & 0o2000) !== 0) this.#giving.add(path);
  }

  /** True when what is made at `path` gets the group root without being told. */
  isMadeForRoot(path: TreePath): boolean {
    return !this.#giving.has(path.slice(0, Math.max(path.lastIndexOf('/'), 0)));
  }

  /** Closes what is held below the tree's own folder: many trees are made side by side. */
  rest(): void {
    for (const fd of this.#open.values()) closeSync(fd);
    this.#open.clear();
  }

  #closeOldest(): void {
    const [oldest] = this.#open;
    if (oldest === undefined) return;
    closeSync(oldest[1]);
    this.#open.delete(oldest[0]);
  }

  [Symbol.dispose](): void {
    // A second close of the same number could hit somebody else's descriptor.
    if (this.#closed) return;
    this.#closed = true;
    this.rest();
    closeSync(this.fd);
  }
}
