import { closeSync, constants, openSync, readlinkSync, readSync, type Stats } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { Sha256 } from '../linux/sha256.ts';
import type { CloneChoice } from '../manifest/clone-choice.ts';
import { modeOf } from '../manifest/entry-of.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import type { CloneTally } from './clone-tally.ts';
import { type CloneWriter, type Copied, namedPath } from './clone-writer.ts';
import { heldPath } from './held-path.ts';

/** A file, FIFO or link of the domain that is cloned, held by a handle. */
export interface Leaf {
  /** The open folder it was found in. */
  readonly dirfd: number;
  readonly name: Uint8Array;
  /** From the top of the tree. */
  readonly path: Uint8Array;
  readonly handle: number;
  readonly stats: Stats;
  /** What virtfs laid there. */
  readonly before: ManifestEntry | undefined;
  /** What it is to be in the new tree. */
  readonly copied: Copied;
}

/** Where it goes: nowhere when the new tree is only thought of. */
export interface LeafTarget {
  readonly tally: CloneTally;
  readonly writer: CloneWriter | undefined;
  /** The open folder of the new tree. */
  readonly to: number;
}

type CopyChoice = Extract<CloneChoice, { type: 'copy' }>;

/** Copies one file, FIFO or symbolic link as `choice` says. What cannot be read is noted and left. */
export async function cloneLeaf(leaf: Leaf, choice: CopyChoice, target: LeafTarget): Promise<void> {
  if (leaf.stats.isSymbolicLink()) cloneSymlink(leaf, choice, target);
  else if (leaf.stats.isFIFO()) cloneFifo(leaf, choice, target);
  else await cloneFile(leaf, choice, target);
}

function cloneSymlink(leaf: Leaf, choice: CopyChoice, { tally, writer, to }: LeafTarget): void {
  const { dirfd, name, path } = leaf;
  let link: Buffer;
  try {
    link = readlinkSync(namedPath(dirfd, name), { encoding: 'buffer' });
  } catch (error) {
    // No link any more, or gone.
    if (isErrno(error, 'EINVAL') || isErrno(error, 'ENOENT')) return;
    throw error;
  }
  if (choice.unlessAsLaid && link.toString() === leaf.before?.target) return;
  const at = { dirfd: to, name, path };
  if (choice.replaces) writer?.clear(at);
  writer?.putSymlink(at, link, leaf.copied);
  tally.links++;
}

function cloneFifo(leaf: Leaf, choice: CopyChoice, { tally, writer, to }: LeafTarget): void {
  const at = { dirfd: to, name: leaf.name, path: leaf.path };
  if (choice.replaces) writer?.clear(at);
  writer?.putFifo(at, leaf.copied);
  tally.files++;
}

async function cloneFile(leaf: Leaf, choice: CopyChoice, target: LeafTarget): Promise<void> {
  const { tally, writer, to } = target;
  const fd = openToRead(leaf, tally);
  if (fd === undefined) return;
  try {
    const at = { dirfd: to, name: leaf.name, path: leaf.path };
    if (choice.unlessAsLaid && hasLaidContent(fd, leaf)) {
      if (choice.replaces && !isOwnedAsLaid(leaf)) writer?.setOwner(at, leaf.copied);
      return;
    }
    if (choice.replaces) writer?.clear(at);
    const lost = (await writer?.putFile(at, fd, leaf.copied)) ?? [];
    tally.noteLost(lost, leaf.path);
    if ((leaf.stats.mode & 0o6000) !== 0) tally.change('set-id bits are dropped', leaf.path);
    tally.countFile(leaf.path, leaf.stats.size);
  } finally {
    closeSync(fd);
  }
}

/** By the handle, which nobody can swap: the kernel reopens what was looked at. */
function openToRead({ handle, path }: Leaf, tally: CloneTally): number | undefined {
  try {
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | constants.O_NOATIME;
    return openSync(heldPath(handle).slice(0, -1), flags);
  } catch (error) {
    if (isErrno(error, 'EMFILE') || isErrno(error, 'ENFILE')) throw error;
    tally.leave('it cannot be read', path);
    return undefined;
  }
}

function hasLaidContent(fd: number, { stats, before }: Leaf): boolean {
  if (before?.size !== stats.size) return false;
  using sum = new Sha256();
  const chunk = Buffer.allocUnsafe(Math.min(1 << 18, stats.size + 1));
  for (let at = 0; at <= stats.size; ) {
    const got = readSync(fd, chunk, 0, chunk.length, at);
    if (got === 0) break;
    sum.update(chunk.subarray(0, got));
    at += got;
  }
  return sum.digest() === before.sha256;
}

/** True when it has the owner and mode it was laid with. */
export function isOwnedAsLaid({ stats, before }: Pick<Leaf, 'stats' | 'before'>): boolean {
  if (before === undefined) return false;
  return (stats.mode & 0o7777) === modeOf(before) && stats.uid === before.uid && stats.gid === before.gid;
}
