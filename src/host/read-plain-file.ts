import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';

/**
 * The text of a regular file, undefined when there is no such path. `requireFit` may throw before a byte is read: it is
 * told of the file that is open, since the path may name another one by then.
 */
export function readPlainFile(
  path: string,
  requireFit: (stat: Stats) => void,
  encoding: 'utf8' | 'latin1' = 'utf8',
): string | undefined {
  let fd: number;
  try {
    // Without O_NONBLOCK a FIFO of this name would hold the call for ever.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw explainErrno(error, `cannot read ${path}`);
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw notAFile(path);
    requireFit(stat);
    return readFileSync(fd, encoding);
  } catch (error) {
    throw explainErrno(error, `cannot read ${path}`);
  } finally {
    closeSync(fd);
  }
}

function notAFile(path: string): VirtfsError {
  return new VirtfsError('IO_ERROR', {
    what: `cannot read ${path}`,
    why: 'it is not a regular file',
    mend: `look at it, and move it away: ls -ld ${path}`,
  });
}
