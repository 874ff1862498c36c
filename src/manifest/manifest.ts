import type { DomainName } from '../domain/domain-name.ts';
import type { SectionName } from './plan.ts';
import type { TreePath } from './tree-path.ts';

/** One entry as it was put into a tree, in the shape it has on disk. Modes are octal text: `"0755"`. */
export interface ManifestEntry {
  readonly type: 'dir' | 'file' | 'symlink' | 'hardlink' | 'device';
  readonly path: TreePath;
  readonly section: SectionName;
  readonly why: string;
  /** dir, file, device. */
  readonly mode?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** file: the host file its bytes came from; absent where virtfs made the text. */
  readonly from?: string;
  /** file: SHA-256 of its bytes, hexadecimal. */
  readonly sha256?: string;
  /** file: bytes. */
  readonly size?: number;
  /** file: its inode may be one of the store. */
  readonly shared?: boolean;
  /** file: what it loads or runs. */
  readonly needs?: readonly TreePath[];
  /** symlink. */
  readonly target?: string;
  /** hardlink: host path of the inode. */
  readonly to?: string;
  /** device. */
  readonly major?: number;
  readonly minor?: number;
}

/** What the trees of one choice of profiles share on this host: `.virtfs/layers/<id>.json`, id = SHA-256 of the entries. */
export interface Layer {
  readonly version: 1;
  readonly profiles: readonly string[];
  readonly entries: readonly ManifestEntry[];
  readonly notices: readonly string[];
}

/** What one tree holds: a layer and the domain's own entries. `.virtfs/manifests/<domain>.json`. */
export interface Manifest {
  readonly version: 1;
  readonly domain: DomainName;
  /** The file name of the layer, without `.json`. */
  readonly layer: string;
  /** Hash of what the own entries were planned from; a manifest without one is planned anew by the next update. */
  readonly facts?: string;
  /** When the tree was last brought up to date: ISO 8601, UTC. */
  readonly updated?: string;
  /** Rolled back: an update of all domains passes it by, until it is updated by name. */
  readonly held?: true;
  /** Something stood in the way of the last update: the next one looks at all that was laid. */
  readonly unsettled?: true;
  readonly own: readonly ManifestEntry[];
}
