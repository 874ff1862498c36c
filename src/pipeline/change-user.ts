import { findAccountFields } from '../domain/account-lines.ts';
import { putPasswordField } from '../domain/account-password.ts';
import { type AccountChange, changeAccount } from '../domain/change-account.ts';
import { parseKnownUserName } from '../domain/parse-user-name.ts';
import { withAccountsLocked } from '../engine/lock-accounts.ts';
import { unknownUser } from '../plan/plan-user-removal.ts';
import { requireJoinable } from '../plan/require-joinable.ts';
import { today } from './hash-new-password.ts';
import type { UserChange } from './user-request.ts';
import { withDomainTree } from './with-domain-tree.ts';

export interface ChangeUserRequest extends UserChange, AccountChange {
  readonly name: string;
  /** The field of shadow(5) as it is to be. */
  readonly passwordField?: string | undefined;
}

/**
 * Changes what is asked for of a user of a tree, in one go under the lock of its accounts. Doing it again changes nothing.
 * Throws UNKNOWN_USER, BAD_USER_FIELD and USER_FORBIDDEN for a group he may not join, BUSY, TREE_UNSAFE.
 */
export function changeUser(request: ChangeUserRequest): Promise<void> {
  const name = parseKnownUserName(request.name);
  const { domain, groups = [], passwordField } = request;
  return withDomainTree(request, 'change a user', (tree) =>
    withAccountsLocked(tree.fd, request, ({ files, put }) => {
      if (!findAccountFields('passwd', files.passwd, name)) throw unknownUser(name, domain);
      const { uids } = tree;
      if (uids !== undefined) for (const group of groups) requireJoinable(files.group, group, true, uids);
      const changed = changeAccount(files, name, request);
      const withPassword =
        passwordField === undefined ? changed : putPasswordField(changed, name, passwordField, today());
      put(withPassword, ['group', 'gshadow', 'shadow', 'passwd']);
    }),
  );
}
