import { findAccountFields, listAccounts, putAccount } from '../domain/account-lines.ts';
import { chooseUserId } from '../domain/choose-user-id.ts';
import { parseId } from '../domain/parse-passwd.ts';
import { parseUserName } from '../domain/parse-user-name.ts';
import { listHomeOwners } from '../engine/list-home-owners.ts';
import { withAccountsLocked } from '../engine/lock-accounts.ts';
import type { UserChange } from './user-request.ts';
import { withDomainTree } from './with-domain-tree.ts';

export interface AddGroupRequest extends UserChange {
  readonly name: string;
  /** Numbers that are meant for others. */
  readonly avoid: readonly number[];
}

/**
 * Adds a group to a tree, with an id of the domain's own and nobody in it; one that is there is left as it is.
 * Throws BAD_USER_NAME, UIDS_EXHAUSTED, BUSY, TREE_UNSAFE.
 */
export function addGroup(request: AddGroupRequest): Promise<void> {
  const name = parseUserName(request.name);
  return withDomainTree(request, 'add a group', (tree) =>
    withAccountsLocked(tree.fd, request, ({ files, put }) => {
      if (tree.uids === undefined || findAccountFields('group', files.group, name)) return;
      const ids = [
        ...listAccounts('passwd', files.passwd).flatMap((fields) => [fields[2], fields[3]]),
        ...listAccounts('group', files.group).map((fields) => fields[2]),
      ].flatMap((text) => parseId(text ?? '') ?? []);
      const taken = new Set([...ids, ...listHomeOwners(tree.fd), ...request.avoid]);
      const gid = chooseUserId(request.domain, tree.uids, taken);
      const group = putAccount('group', files.group, [name, 'x', String(gid), '']);
      const gshadow = putAccount('gshadow', files.gshadow, [name, '!', '', '']);
      put({ ...files, group, gshadow }, ['gshadow', 'group']);
    }),
  );
}
