import type { Owner } from '../domain/owner.ts';
import type { TreePath } from './tree-path.ts';

interface Common {
  readonly path: TreePath;
  /** Shown by `virtfs explain`: the reason this entry is in the tree. */
  readonly why: string;
}

interface Owned extends Common {
  /** Permission bits with set-id and sticky, set exactly: the umask plays no part. */
  readonly mode: number;
  readonly owner: Owner;
}

export interface DirEntry extends Owned {
  readonly type: 'dir';
}

export interface FileEntry extends Owned {
  readonly type: 'file';
  readonly source: FileSource;
  /** True where every tree may use one inode of the store: never configuration, set-id or empty. */
  readonly shared: boolean;
  /** Tree paths of what the file itself loads or runs: libraries, interpreter. For `virtfs explain`. */
  readonly needs?: readonly TreePath[];
}

/** Where the bytes of a file come from: text we made, or a host file. */
export type FileSource =
  | { readonly text: string }
  | { readonly bytes: Uint8Array }
  | { readonly copyOf: string };

export interface SymlinkEntry extends Common {
  readonly type: 'symlink';
  readonly target: string;
}

export interface HardlinkEntry extends Common {
  readonly type: 'hardlink';
  /** Host path of the inode to share. Mode and owner are the inode's own. */
  readonly to: string;
}

export interface DeviceEntry extends Owned {
  readonly type: 'device';
  readonly major: number;
  readonly minor: number;
}

/** What has no entries below it. */
export type LeafEntry = FileEntry | SymlinkEntry | HardlinkEntry | DeviceEntry;

/** One thing in a tree. A tree is a list of these, a directory before what it holds. */
export type Entry = DirEntry | LeafEntry;
