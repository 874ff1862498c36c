import type { WalkedFolder } from './walk-tree.ts';

/** The path of a name that a walk found, relative to the tree; bytes that are not UTF-8 become U+FFFD. */
export function pathOfWalked(folder: WalkedFolder, name: string): string {
  const names = [name];
  for (let at: WalkedFolder | undefined = folder; at?.parent !== undefined; at = at.parent)
    names.unshift(at.name);
  return Buffer.from(names.join('/'), 'latin1').toString('utf8');
}
