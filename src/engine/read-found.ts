import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import type { FileFacts } from '../domain/file-facts.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { hasFileCapabilities } from '../linux/file-capabilities.ts';
import { Sha256 } from '../linux/sha256.ts';
import { statAt } from '../linux/stat-at.ts';
import { heldPath } from './held-path.ts';

/** A name in an open folder, as bytes, one character each. */
export interface FoundName {
  readonly dirfd: number;
  readonly name: string;
}

const oPath = 0o10000000;

/**
 * SHA-256 of the regular file that was found with these facts, hexadecimal; undefined when another file has its name by
 * now, or it is longer than it was.
 */
export function hashFound(found: FoundName, facts: FileFacts): string | undefined {
  return withFound(found, facts, (fd) => hashOpenFile(fd, facts.size));
}

/** Its first bytes, at most `most`; undefined when another file has its name by now. */
export function readFound(found: FoundName, facts: FileFacts, most: number): Uint8Array | undefined {
  return withFound(found, facts, (fd) => {
    const bytes = Buffer.allocUnsafe(Math.min(most, facts.size));
    let size = 0;
    while (size < bytes.length) {
      const got = readSync(fd, bytes, size, bytes.length - size, size);
      if (got === 0) break;
      size += got;
    }
    return bytes.subarray(0, size);
  });
}

/** Where a link leads, undefined when there is no link by now. */
export function readFoundLink(found: FoundName): string | undefined {
  try {
    return readlinkSync(pathOf(found), { encoding: 'buffer' }).toString('latin1');
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'EINVAL')) return undefined;
    throw error;
  }
}

/** True when running it gives capabilities: capabilities(7). Follows no link. */
export function hasFoundCapabilities(found: FoundName): boolean {
  return hasFileCapabilities(Buffer.concat([pathOf(found), Buffer.of(0)]));
}

/** SHA-256 of an open file of `size` bytes; undefined when it has more. */
export function hashOpenFile(fd: number, size: number): string | undefined {
  using sum = new Sha256();
  for (let at = 0; ; ) {
    const got = readSync(fd, chunk, 0, chunk.length, at);
    if (got === 0) return sum.digest();
    at += got;
    // Whoever writes to it could keep us here for ever.
    if (at > size) return undefined;
    sum.update(chunk.subarray(0, got));
  }
}

const chunk = Buffer.allocUnsafe(1 << 18);

/**
 * `read` gets the open file that was found with these facts; undefined when another file has its name by now.
 * It is looked at before it is opened: opening a device or a FIFO may wait, or do something.
 */
export function withFound<T>(found: FoundName, facts: FileFacts, read: (fd: number) => T): T | undefined {
  const held = openHandle(found);
  if (held === undefined) return undefined;
  try {
    if (statAt(held, '')?.identity !== facts.identity || !fstatSync(held).isFile()) return undefined;
    const fd = openSync(
      heldPath(held).slice(0, -1),
      constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY,
    );
    try {
      return read(fd);
    } finally {
      closeSync(fd);
    }
  } finally {
    closeSync(held);
  }
}

function openHandle(found: FoundName): number | undefined {
  try {
    return openSync(pathOf(found), oPath | constants.O_NOFOLLOW);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function pathOf({ dirfd, name }: FoundName): Buffer {
  return Buffer.from(heldPath(dirfd) + name, 'latin1');
}
