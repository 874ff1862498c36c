import { closeSync, lstatSync, type Stats } from 'node:fs';
import { isTreePath } from '../manifest/tree-path.ts';
import { heldPath } from './held-path.ts';
import { openFolderOrNone } from './home-leftovers.ts';

/** What stands at a path of a tree; nothing of it is opened or followed. */
export interface FoundInTree {
  readonly type: 'folder' | 'file' | 'link' | 'other';
  readonly uid: number;
  readonly gid: number;
  /** The permission bits. */
  readonly mode: number;
  readonly bytes: number;
}

/** What a user of a tree has, each undefined where there is none, or a link stands on the way. */
export interface FoundHome {
  readonly home: FoundInTree | undefined;
  readonly maildir: FoundInTree | undefined;
  readonly spool: FoundInTree | undefined;
}

/** Looks at the home, a path as passwd has it, and the mailboxes of a user. */
export function inspectHome(treeFd: number, name: string, home: string): FoundHome {
  const path = homePathOf(home);
  return {
    home: path === undefined ? undefined : findInTree(treeFd, path),
    maildir: path === undefined ? undefined : findInTree(treeFd, `${path}/Maildir`),
    spool: isTreePath(name) && !name.includes('/') ? findInTree(treeFd, `var/mail/${name}`) : undefined,
  };
}

/** The path below the tree of a home as passwd has it; undefined for one that leads nowhere sensible. */
export function homePathOf(home: string): string | undefined {
  const path = home
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
  return home.startsWith('/') && isTreePath(path) ? path : undefined;
}

/** What stands at `path` of an open tree. */
export function findInTree(treeFd: number, path: string): FoundInTree | undefined {
  const slash = path.lastIndexOf('/');
  const folder = slash === -1 ? undefined : openFolderOrNone(treeFd, path.slice(0, slash));
  if (slash !== -1 && folder === undefined) return undefined;
  try {
    const stat = lstatSync(heldPath(folder ?? treeFd, path.slice(slash + 1)), { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return { type: typeOf(stat), uid: stat.uid, gid: stat.gid, mode: stat.mode & 0o7777, bytes: stat.size };
  } finally {
    if (folder !== undefined) closeSync(folder);
  }
}

function typeOf(stat: Stats): FoundInTree['type'] {
  if (stat.isDirectory()) return 'folder';
  if (stat.isFile()) return 'file';
  return stat.isSymbolicLink() ? 'link' : 'other';
}
