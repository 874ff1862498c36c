import { closeSync, fchmodSync, fchownSync, fsyncSync } from 'node:fs';
import { type AccountFileName, type AccountFiles, findAccountFields } from '../domain/account-lines.ts';
import { parseId } from '../domain/parse-passwd.ts';
import { findSystemGid, isSystemId } from '../domain/system-ids.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { createFileAt, openDirBeneath, renameAt, unlinkAt } from '../linux/files.ts';
import { writeAll } from './put-state-file.ts';
import { readTreeBytes } from './read-tree-file.ts';

/** Far beyond the largest passwd a domain could fill its ids with. */
const mostBytes = 8 * 1024 * 1024;

const names: readonly AccountFileName[] = ['passwd', 'group', 'shadow', 'gshadow'];

/** Opens the folder `etc` of an open tree. Throws TREE_UNSAFE where it is a link, PATH_MISSING. */
export function openEtc(treeFd: number): number {
  try {
    return openDirBeneath(treeFd, 'etc');
  } catch (error) {
    throw explainAccountErrno(error, 'etc');
  }
}

/**
 * The account files in an open `etc` of a tree. shadow and gshadow may be missing, and are empty then.
 * Throws TREE_BROKEN where passwd or group is missing, TREE_UNSAFE as `readTreeFile`.
 */
export function readAccountFiles(etcFd: number): AccountFiles {
  const [passwd, group, shadow, gshadow] = names.map((name) =>
    readTreeBytes(etcFd, name, mostBytes)?.toString('latin1'),
  );
  if (passwd === undefined || group === undefined) throw missing(passwd === undefined ? 'passwd' : 'group');
  return { passwd, group, shadow: shadow ?? '', gshadow: gshadow ?? '' };
}

/**
 * Puts those of `files` that differ from `current` in their place, in the given order, each as a whole and on the disk:
 * passwd and group for all to read, shadow and gshadow for root and the group shadow. The tree's accounts must be
 * locked. Throws NO_SPACE, READ_ONLY, IO_ERROR, TREE_UNSAFE.
 */
export function putAccountFiles(
  etcFd: number,
  current: AccountFiles,
  files: AccountFiles,
  order: readonly AccountFileName[],
): void {
  const changed = order.filter((name) => files[name] !== current[name]);
  const shadowGid = findShadowGid(files.group);
  for (const name of changed) {
    try {
      putAccountFile(etcFd, name, files[name], name.endsWith('shadow') ? shadowGid : undefined);
    } catch (error) {
      throw explainAccountErrno(error, `etc/${name}`);
    }
  }
  if (changed.length > 0) fsyncSync(etcFd);
}

/** What a killed virtfs left half-written. The tree's accounts must be locked. Throws TREE_UNSAFE. */
export function removeAccountLeftovers(etcFd: number): void {
  for (const name of names) unlinkIfThere(etcFd, newNameOf(name));
}

/** Removes a name of a file that may be gone. Throws TREE_UNSAFE where it is a folder. */
export function unlinkIfThere(etcFd: number, name: string): void {
  try {
    unlinkAt(etcFd, name);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw explainAccountErrno(error, `etc/${name}`);
  }
}

/** An error about a file of `etc`, which whoever is root in the tree can make anything else of. */
export function explainAccountErrno(error: unknown, path: string): unknown {
  const meddled = ['EISDIR', 'ENOTDIR', 'ELOOP', 'EEXIST', 'ENOTEMPTY', 'ENXIO', 'ENODEV', 'EBUSY', 'EPERM'];
  if (!meddled.some((code) => isErrno(error, code)))
    return explainErrno(error, `cannot change ${path} of the tree`);
  return new VirtfsError('TREE_UNSAFE', {
    what: `cannot change ${path} of the tree`,
    why: 'something else than a plain file has this name, or it may not be changed',
    mend: 'look at it with ls -l and lsattr, move it away, then run the same command again',
    cause: error,
  });
}

function putAccountFile(etcFd: number, name: string, text: string, shadowGid: number | undefined): void {
  const fresh = newNameOf(name);
  const fd = createFileAt(etcFd, fresh, 0o600);
  try {
    writeAll(fd, Buffer.from(text, 'latin1'));
    fchownSync(fd, 0, shadowGid ?? 0);
    fchmodSync(fd, shadowGid === undefined ? 0o644 : 0o640);
    fsyncSync(fd);
    renameAt(etcFd, fresh, etcFd, name);
  } catch (error) {
    unlinkIfThere(etcFd, fresh);
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** One name for each file: under the lock there is one who writes, and what is left is known by it. */
function newNameOf(name: string): string {
  return `.virtfs-${name}`;
}

/** Whoever may write the tree's group file must not have its passwords given to a group of the host. */
function findShadowGid(groupText: string): number {
  const gid = parseId(findAccountFields('group', groupText, 'shadow')?.[2] ?? '');
  return gid !== undefined && isSystemId(gid) ? gid : (findSystemGid('shadow') ?? 0);
}

function missing(name: string): VirtfsError {
  return new VirtfsError('TREE_BROKEN', {
    what: 'cannot read the users of the tree',
    why: `it has no etc/${name}`,
    mend: `put the file back: the tree may have a copy, etc/${name}-`,
  });
}
