import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';

/** A root of trees held open: `/virtual` or another. */
export class TreesRoot implements Disposable {
  readonly path: string;
  readonly fd: number;

  /**
   * Users of the host can reach into the trees. One of them and root of a tree could then pass a descriptor of the host
   * over a socket in the tree, which leads out of any root directory.
   */
  isOpenToOthers(): boolean {
    return (fstatSync(this.fd).mode & 0o001) !== 0;
  }

  constructor(path: string, fd: number) {
    this.path = path;
    this.fd = fd;
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

/**
 * Opens a root of trees, an absolute path, and makes it, for root alone (0700), when `make` is set.
 * Throws ROOT_UNSAFE when anyone but root could rename or write it, a folder above it, or a link on the way to it;
 * sticky folders above, such as /tmp, are fine, for only the owner may rename what stands in them. Throws PATH_MISSING
 * when it is not there.
 */
export function openTreesRoot(path: string, options: { readonly make: boolean }): TreesRoot {
  try {
    const real = walkSafely(path, options);
    const fd = openSync(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    const { uid, mode } = fstatSync(fd);
    if (uid !== 0 || (mode & 0o022) !== 0) {
      closeSync(fd);
      throw unsafe(path, real);
    }
    return new TreesRoot(real, fd);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) throw missing(path, error);
    throw explainErrno(error, `cannot use ${escapeLines(path)} as the root of trees`);
  }
}

const mostLinks = 40;

/**
 * `root` without links, every folder and link on the way looked at before the next name is, so that nothing is made
 * where somebody else has a say.
 */
function walkSafely(root: string, { make }: { readonly make: boolean }): string {
  let at = '/';
  let links = 0;
  requireRoots(lstatSync(at), root, at, false);
  const todo = names(root);
  for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
    const next = join(at, name);
    const isLast = todo.length === 0;
    const found = make ? lstatOrMake(next, isLast) : lstatSync(next);
    requireRoots(found, root, next, isLast);
    if (!found.isSymbolicLink()) {
      at = next;
      continue;
    }
    if (++links > mostLinks) throw endless(root);
    const target = readlinkSync(next);
    todo.unshift(...names(target));
    if (target.startsWith('/')) at = '/';
  }
  return at;
}

function lstatOrMake(path: string, isLast: boolean): Stats {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined) return found;
  try {
    mkdirSync(path, { mode: isLast ? 0o700 : 0o755 });
  } catch (error) {
    // Another virtfs made it between the two calls.
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  return lstatSync(path);
}

function requireRoots(found: Stats, root: string, path: string, isLast: boolean): void {
  if (found.uid !== 0 || othersMayWrite(found, isLast)) throw unsafe(root, path);
}

function othersMayWrite(found: Stats, isLast: boolean): boolean {
  if (found.isSymbolicLink() || (found.mode & 0o022) === 0) return false;
  return isLast || (found.mode & 0o1000) === 0;
}

function names(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function unsafe(root: string, path: string): VirtfsError {
  const shown = escapeLines(path);
  // A folder of everybody's, such as /tmp, must stay one.
  const isPublic = (lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o1000;
  return new VirtfsError('ROOT_UNSAFE', {
    what: `cannot use ${escapeLines(root)} as the root of trees`,
    why: `${shown} belongs to or can be written by others than root, who could swap what is in it`,
    mend: isPublic
      ? 'choose another root, one that is root’s alone: --root DIR'
      : `chown root:root ${shown}; chmod go-w ${shown} - or choose another root: --root DIR`,
  });
}

function endless(path: string): VirtfsError {
  return new VirtfsError('ROOT_UNSAFE', {
    what: `cannot use ${escapeLines(path)} as the root of trees`,
    why: 'its chain of symbolic links has no end',
    mend: 'name the folder itself: --root DIR, VIRTFS_ROOT or virtfs.toml',
  });
}

function missing(path: string, cause: unknown): VirtfsError {
  return new VirtfsError('PATH_MISSING', {
    what: `cannot open the root of trees ${escapeLines(path)}`,
    why: 'there is no such folder',
    mend: 'make the first domain there: virtfs create DOMAIN --root DIR - or correct --root, VIRTFS_ROOT or virtfs.toml',
    cause,
  });
}
