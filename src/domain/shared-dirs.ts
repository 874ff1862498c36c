/** Top folders of a tree whose files may share their inode with other trees. */
export const sharedDirs = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'usr', 'opt'] as const;

/** Folders below those that stay the tree's own: no file in them shares its inode, and root of the tree may write. */
export const ownDirsWithin = ['usr/local', 'usr/tmp', 'usr/spool'] as const;

/**
 * Folders that an update may be the first to bring into a tree. Whatever runs in there since before then may write to them,
 * for they were not there to be protected: nothing in them is shared.
 */
const lateDirs: readonly string[] = ['lib32', 'libx32'];

/**
 * True where a file of a tree may be a hard link to a store object. virtexec gives root inside the tree these folders
 * read-only; an inode shared anywhere else could be written for all trees.
 */
export function mayShareInode(treePath: string): boolean {
  const isWithin = (folder: string) => treePath.startsWith(`${folder}/`);
  const isShared = sharedDirs.some((folder) => !lateDirs.includes(folder) && isWithin(folder));
  return isShared && !ownDirsWithin.some(isWithin);
}
