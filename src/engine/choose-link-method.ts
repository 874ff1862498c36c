import { closeSync, writeSync } from 'node:fs';
import type { LinkMethod } from '../domain/record.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { cloneFile, createFileAt, linkAt, unlinkAt } from '../linux/files.ts';
import { randomName } from './random-name.ts';

/**
 * Decides how trees share files, by trying it in `dirfd`, a folder of the file system the trees are on: reflink where
 * the file system has it, else hard links, else copies. A method asked for by name must work, or
 * LINK_METHOD_IMPOSSIBLE is thrown.
 */
export function chooseLinkMethod(wanted: 'auto' | LinkMethod, dirfd: number): LinkMethod {
  const candidates: readonly LinkMethod[] = wanted === 'auto' ? ['reflink', 'hardlink', 'copy'] : [wanted];
  let reason: unknown;
  for (const method of candidates) {
    try {
      tryMethod(method, dirfd);
      return method;
    } catch (error) {
      if (notOfTheMethod.some((code) => isErrno(error, code))) {
        throw explainErrno(error, 'cannot try how trees can share files');
      }
      // Any other refusal counts: EOPNOTSUPP, EXDEV, EINVAL, EPERM and ENOTTY all mean "not here".
      reason = error;
    }
  }
  throw new VirtfsError('LINK_METHOD_IMPOSSIBLE', {
    what: `cannot share files by ${wanted}`,
    why: 'the file system that holds the trees cannot do it',
    mend: 'leave --link out: virtfs then takes the best method that works, and says which',
    cause: reason,
  });
}

/** What says nothing of the method: a disk that is full now must not make copies of all trees to come. */
const notOfTheMethod = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE'];

function tryMethod(method: LinkMethod, dirfd: number): void {
  if (method === 'copy') return;
  const name = randomName('.probe');
  const fd = createFileAt(dirfd, name, 0o600);
  const made = [name];
  try {
    writeSync(fd, 'probe');
    if (method === 'hardlink') {
      linkAt(dirfd, name, dirfd, `${name}-2`);
      made.push(`${name}-2`);
    } else {
      const to = createFileAt(dirfd, `${name}-2`, 0o600);
      made.push(`${name}-2`);
      try {
        cloneFile(to, fd);
      } finally {
        closeSync(to);
      }
    }
  } finally {
    closeSync(fd);
    for (const probe of made) unlinkAt(dirfd, probe);
  }
}
