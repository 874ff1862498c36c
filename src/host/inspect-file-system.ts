import { readFileSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FileSystemFacts } from '../domain/machine-facts.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { statPlace } from '../linux/stat-place.ts';
import { parseMountOptions } from './parse-mount-options.ts';

/** The file system `path` is on, or would be: of the nearest folder above that is there. Undefined where none can be seen. */
export function inspectFileSystem(path: string): FileSystemFacts | undefined {
  try {
    const { mountId } = statPlace(path);
    const mount = parseMountOptions(readFileSync('/proc/self/mountinfo', 'utf8'), mountId);
    if (mount === undefined) return undefined;
    const { bavail, bsize, blocks, ffree, files } = statfsSync(path);
    return { ...mount, free: bavail * bsize, size: blocks * bsize, inodesFree: ffree, inodes: files };
  } catch (error) {
    if (isErrno(error, 'ENOENT') && path !== '/') return inspectFileSystem(dirname(path));
    if (isErrno(error, 'EACCES') || isErrno(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
