import { readFileSync } from 'node:fs';
import { type MountLine, parseMountinfo } from './parse-mountinfo.ts';

/** Something mounted in a tree, as this process sees it. */
export interface TreeMount {
  /** The number statx(2) has for it too. */
  readonly id: number;
  /** Where it is mounted, from the tree on, bytes; empty when the tree itself is a mount. */
  readonly within: Buffer;
  /** The same as an absolute path for people: bytes that are no text are replaced. */
  readonly path: string;
  readonly type: string;
  readonly source: string;
  /** What is mounted on it or unmounted there is so on other mounts, perhaps the host's. */
  readonly isShared: boolean;
  /** It stands on another mount of the tree that is shared. */
  readonly isOnShared: boolean;
}

/** What is mounted on the tree `treePath`, an absolute path without links, or beneath it; what is on another mount comes first. */
export function listTreeMounts(treePath: string): readonly TreeMount[] {
  const all = parseMountinfo(readFileSync('/proc/self/mountinfo'));
  const byId = new Map(all.map((mount) => [mount.id, mount]));
  const base = Buffer.from(treePath);
  const beneath = all.filter(({ point }) => isBeneath(point, base));
  return beneath
    .map((mount) => ({ mount, depth: depthOf(mount, byId) }))
    .sort((one, other) => other.depth - one.depth || other.mount.id - one.mount.id)
    .map(({ mount: { id, parent, point, type, source, isShared } }) => ({
      id,
      within: point.subarray(base.length + 1),
      path: point.toString('utf8'),
      type,
      source,
      isShared,
      isOnShared: beneath.some((each) => each.id === parent && each.isShared),
    }));
}

function isBeneath(point: Buffer, base: Buffer): boolean {
  if (!point.subarray(0, base.length).equals(base)) return false;
  return point.length === base.length || point[base.length] === 0x2f;
}

/** How many mounts it stands on. The text is not read in one instant: no loop in it may hold us. */
function depthOf(mount: MountLine, byId: ReadonlyMap<number, MountLine>): number {
  let depth = 0;
  for (let at = byId.get(mount.parent); at && depth < byId.size; at = byId.get(at.parent)) depth++;
  return depth;
}
