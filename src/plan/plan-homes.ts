import type { Accounts } from '../domain/account.ts';
import type { Entry, FileEntry } from '../manifest/entry.ts';
import { treePath, treePathOf } from '../manifest/tree-path.ts';
import { findOwner, homeOf } from './choose-accounts.ts';

/** The administrator's home, closed to all but him and his group, with what `etc/skel` has at its top. */
export function planHomes(request: {
  readonly admin: string;
  readonly accounts: Accounts;
  /** Entries of the tree's etc. */
  readonly etc: readonly Entry[];
}): Entry[] {
  const owner = findOwner(request.accounts, request.admin, request.admin);
  const home = treePathOf(homeOf(request.admin));
  const skel = request.etc.filter(
    (entry): entry is FileEntry => entry.type === 'file' && /^etc\/skel\/[^/]+$/u.test(entry.path),
  );
  return [
    { type: 'dir', path: home, mode: 0o750, owner, why: "the administrator's home" },
    ...skel.map((file): Entry => {
      const path = treePath(file.path.replace('etc/skel', home));
      return { ...file, path, owner, why: 'what a new home begins with' };
    }),
  ];
}
