import type { Accounts } from '../domain/account.ts';
import { rootOwner } from '../domain/owner.ts';
import type { Profile } from '../domain/profile.ts';
import type { Entry } from '../manifest/entry.ts';
import { type TreePath, treePathOf } from '../manifest/tree-path.ts';
import { findOwner } from './choose-accounts.ts';

/** The folders and links a profile asks for beside programs, with the folders on the way to them. */
export function planDirectories(
  profile: Pick<Profile, 'directories' | 'links'>,
  accounts: Accounts,
): Entry[] {
  const entries = new Map<string, Entry>();
  const addParents = (path: TreePath): void => {
    for (const parent of parentsOf(path)) {
      if (entries.has(parent)) continue;
      entries.set(parent, {
        type: 'dir',
        path: parent,
        mode: 0o755,
        owner: rootOwner,
        why: `on the way to ${path}`,
      });
    }
  };
  for (const { path, mode, owner, group } of profile.directories) {
    const at = treePathOf(path);
    addParents(at);
    const why = 'a folder the profile asks for';
    entries.set(at, { type: 'dir', path: at, mode, owner: findOwner(accounts, owner, group), why });
  }
  for (const { path, target } of profile.links) {
    const at = treePathOf(path);
    addParents(at);
    entries.set(at, { type: 'symlink', path: at, target, why: 'a link the profile asks for' });
  }
  return [...entries.values()];
}

function parentsOf(path: TreePath): TreePath[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => treePathOf(`/${parts.slice(0, index + 1).join('/')}`));
}
