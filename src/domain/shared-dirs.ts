/** Top folders of a tree whose files may share their inode with other trees. */
export const sharedDirs = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'usr', 'opt'] as const;

/** Folders below those that stay the tree's own: no file in them shares its inode, and root of the tree may write. */
export const ownDirsWithin = ['usr/local', 'usr/tmp', 'usr/spool'] as const;

/**
 * True where a file of a tree may be a hard link to a store object. virtexec gives root inside the tree these folders
 * read-only; an inode shared anywhere else could be written for all trees.
 */
export function mayShareInode(treePath: string): boolean {
  const isWithin = (folder: string) => treePath.startsWith(`${folder}/`);
  return sharedDirs.some(isWithin) && !ownDirsWithin.some(isWithin);
}
