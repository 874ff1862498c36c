import { findAccountFields } from '../domain/account-lines.ts';
import { type ListedUser, listTreeUsers } from '../domain/list-users.ts';
import { parseKnownUserName } from '../domain/parse-user-name.ts';
import { type FoundHome, inspectHome } from '../engine/inspect-home.ts';
import { readAccounts } from '../engine/read-accounts.ts';
import { unknownUser } from '../plan/plan-user-removal.ts';
import type { TreeRequest, UserList } from './user-request.ts';
import { withDomainTree } from './with-domain-tree.ts';

/** The users of a tree, those of the system too. Throws NEEDS_ROOT, DOMAIN_MISSING, TREE_BROKEN, TREE_UNSAFE. */
export function listUsers({ root, domain }: TreeRequest): Promise<UserList> {
  return withDomainTree({ root, domain }, 'read the users of a domain', (tree) => ({
    root,
    domain,
    users: listTreeUsers(readAccounts(tree.fd), tree.uids),
  }));
}

/** A user, and what he has. */
export interface ShownUser {
  readonly user: ListedUser;
  readonly found: FoundHome;
  /** The day of the last change of the password, ISO 8601; undefined where none is written down. */
  readonly passwordChanged: string | undefined;
}

/** One user of a tree. Throws UNKNOWN_USER, and as `listUsers`. */
export function showUser(request: TreeRequest & { readonly name: string }): Promise<ShownUser> {
  const name = parseKnownUserName(request.name);
  return withDomainTree(request, 'read the users of a domain', (tree) => {
    const files = readAccounts(tree.fd);
    const user = listTreeUsers(files, tree.uids).find((each) => each.name === name);
    if (user === undefined) throw unknownUser(name, request.domain);
    const shadow = findAccountFields('shadow', files.shadow, name);
    return {
      user,
      found: inspectHome(tree.fd, name, user.home),
      passwordChanged: dayOf(shadow?.[2] ?? ''),
    };
  });
}

function dayOf(text: string): string | undefined {
  return /^[1-9]\d{0,5}$/u.test(text)
    ? new Date(Number(text) * 86_400_000).toISOString().slice(0, 10)
    : undefined;
}
