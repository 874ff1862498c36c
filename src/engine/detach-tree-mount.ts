import { closeSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { openHandleBeneath } from '../linux/files.ts';
import { detachMount, makePrivate } from '../linux/mounts.ts';
import { statOpenPlace } from '../linux/stat-place.ts';

/** A mount in a tree. */
export interface MountPlace {
  /** Bytes, relative to a folder that is held open. */
  readonly path: Uint8Array;
  readonly id: number;
}

/**
 * Takes a mount below `dirfd` out of the file tree, with all that is mounted on it. Who renames folders on the way cannot
 * lead it to another mount. False when the mount is not there, or no more.
 *
 * What it stands on must share no events with the host: see `shareNothing`.
 */
export function detachTreeMount(dirfd: number, place: MountPlace): boolean {
  return withMount(dirfd, place, detachMount);
}

/**
 * From here on what is unmounted on this mount below `dirfd`, or on one that stands on it, is unmounted nowhere else: a
 * folder of the host that came there by `mount --rbind` would lose its mounts with it. False when it is not there.
 */
export function shareNothing(dirfd: number, place: MountPlace): boolean {
  return withMount(dirfd, place, makePrivate);
}

function withMount(dirfd: number, { path, id }: MountPlace, change: (fd: number) => void): boolean {
  const fd = openMount(dirfd, path);
  if (fd === undefined) return false;
  try {
    if (statOpenPlace(fd).mountId !== BigInt(id)) return false;
    change(fd);
    return true;
  } catch (error) {
    // A folder of the mount, not its top; or one that a user namespace holds in its place.
    if (isErrno(error, 'EINVAL')) return false;
    throw error;
  } finally {
    closeSync(fd);
  }
}

function openMount(dirfd: number, path: Uint8Array): number | undefined {
  try {
    return openHandleBeneath(dirfd, path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV'].some((code) => isErrno(error, code))) return undefined;
    throw error;
  }
}
