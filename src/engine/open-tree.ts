import { closeSync, constants, fstatSync } from 'node:fs';
import { escapeLines } from '../errors/escape-lines.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { openBeneath } from '../linux/files.ts';
import type { TreesRoot } from './open-root.ts';

/**
 * Opens the tree of `domain`, a directory of its own right beneath the root of trees, that nobody but root may change.
 * Throws DOMAIN_MISSING, and TREE_UNSAFE for a link, another kind of file, or a directory others may write.
 */
export function openTree(root: Pick<TreesRoot, 'path' | 'fd'>, domain: string): number {
  const fd = openDirectory(root, domain);
  const { uid, mode } = fstatSync(fd);
  if (uid === 0 && (mode & 0o022) === 0) return fd;
  closeSync(fd);
  const why = uid === 0 ? 'others than its owner may write it' : `it belongs to user ${uid}`;
  const path = escapeLines(`${root.path}/${domain}`);
  throw unsafe(root, domain, why, `look at what is in it, then: chown root:root ${path}; chmod go-w ${path}`);
}

function openDirectory(root: Pick<TreesRoot, 'path' | 'fd'>, domain: string): number {
  try {
    return openBeneath(root.fd, domain, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) {
      throw new VirtfsError('DOMAIN_MISSING', {
        what: `there is no domain ${escapeLines(domain)}`,
        why: `no tree of that name is in ${escapeLines(root.path)}`,
        mend: 'see what there is: virtfs list',
        cause: error,
      });
    }
    if (isErrno(error, 'ELOOP') || isErrno(error, 'ENOTDIR')) {
      throw unsafe(
        root,
        domain,
        'it is a link or a file, not a directory',
        'look at it with ls -l, and move it away',
      );
    }
    throw error;
  }
}

function unsafe(root: Pick<TreesRoot, 'path'>, domain: string, why: string, mend: string): VirtfsError {
  return new VirtfsError('TREE_UNSAFE', {
    what: `cannot enter ${escapeLines(`${root.path}/${domain}`)}`,
    why,
    mend,
  });
}
