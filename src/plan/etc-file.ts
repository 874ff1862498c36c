import { rootOwner } from '../domain/owner.ts';
import type { DirEntry, FileEntry } from '../manifest/entry.ts';
import { treePath } from '../manifest/tree-path.ts';

/** A file of the tree's etc, root's and readable by all. Never shared: configuration belongs to one domain. */
export function etcFile(name: string, text: string, why: string): FileEntry {
  return {
    type: 'file',
    path: treePath(`etc/${name}`),
    mode: 0o644,
    owner: rootOwner,
    source: { text },
    shared: false,
    why,
  };
}

/** A folder of the tree's etc. */
export function etcFolder(name: string, why: string): DirEntry {
  return { type: 'dir', path: treePath(`etc/${name}`), mode: 0o755, owner: rootOwner, why };
}
