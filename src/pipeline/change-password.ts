import { type AccountFiles, findAccountFields } from '../domain/account-lines.ts';
import {
  type PasswordState,
  passwordFieldOf,
  passwordState,
  putPasswordField,
} from '../domain/account-password.ts';
import type { DomainName } from '../domain/domain-name.ts';
import { parseKnownUserName } from '../domain/parse-user-name.ts';
import { withAccountsLocked } from '../engine/lock-accounts.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { unknownUser } from '../plan/plan-user-removal.ts';
import { hashNewPassword, today } from './hash-new-password.ts';
import type { Password, UserChange } from './user-request.ts';
import { withDomainTree } from './with-domain-tree.ts';

export interface PasswordRequest extends UserChange {
  readonly name: string;
  /** What is to be done with it; `none` closes the account for passwords and forgets the old one. */
  readonly change: Password | { readonly type: 'lock' } | { readonly type: 'unlock' };
}

export interface ChangedPassword {
  readonly domain: DomainName;
  readonly name: string;
  /** As it is now. */
  readonly password: PasswordState;
  /** False where it was so already. */
  readonly changed: boolean;
}

/**
 * Gives a user of a tree a password, or locks or unlocks the one he has, as passwd(1) does it. Throws UNKNOWN_USER,
 * BAD_PASSWORD for one that breaks a rule and where there is none to unlock, BUSY, TREE_UNSAFE.
 */
export function changePassword(request: PasswordRequest): Promise<ChangedPassword> {
  const name = parseKnownUserName(request.name);
  const { domain, change } = request;
  const isLock = change.type === 'lock' || change.type === 'unlock';
  const fresh = isLock ? undefined : (hashNewPassword(change) ?? '!');
  return withDomainTree(request, "change a user's password", (tree) =>
    withAccountsLocked(tree.fd, request, (accounts) => {
      const { files } = accounts;
      if (!findAccountFields('passwd', files.passwd, name)) throw unknownUser(name, domain);
      const old = passwordFieldOf(files, name);
      const field = fresh ?? (change.type === 'lock' ? lock(old) : unlock(old, name, domain));
      const changed =
        field === old
          ? files
          : putPasswordField(files, name, field, fresh === undefined ? undefined : today());
      // shadow is not asked before passwd says so.
      accounts.put(changed, ['shadow', 'passwd']);
      return { domain, name, password: passwordState(field), changed: isChanged(files, changed) };
    }),
  );
}

function lock(field: string): string {
  return field.startsWith('!') ? field : `!${field}`;
}

/** What is left must not be an account that asks for no password. */
function unlock(field: string, name: string, domain: DomainName): string {
  const rest = field.replace(/^!+/u, '');
  if (rest !== '' && (field !== rest || passwordState(field) === 'set')) return rest;
  if (field === '') return field;
  throw new VirtfsError('BAD_PASSWORD', {
    what: `cannot unlock the user ${name} of ${domain}`,
    why: 'there is no password behind the lock, and without one anybody could log in',
    mend: `set one: virtfs user passwd ${domain} ${name}`,
  });
}

function isChanged(before: AccountFiles, after: AccountFiles): boolean {
  return before.shadow !== after.shadow || before.passwd !== after.passwd;
}
