import type { Account, AccountGroup, Accounts } from '../domain/account.ts';
import { type Owner, rootOwner } from '../domain/owner.ts';
import type { Entry } from '../manifest/entry.ts';
import { treePath } from '../manifest/tree-path.ts';
import { findOwner } from './choose-accounts.ts';

/**
 * passwd(5), group(5), shadow(5) and gshadow(5) of one tree. No account has a password: root and the system accounts
 * are closed (`*`), the domain's own are locked (`!`) until passwd(1) gives them one.
 * Throws BAD_PROFILE when `accounts` has no group shadow.
 */
export function planAccounts({ accounts }: { readonly accounts: Accounts }): Entry[] {
  const shadowOwner = findOwner(accounts, 'root', 'shadow');
  const { users, groups } = accounts;
  return [
    file('etc/passwd', 0o644, rootOwner, users.map(passwdLine)),
    file('etc/group', 0o644, rootOwner, groups.map(groupLine)),
    file('etc/shadow', 0o640, shadowOwner, users.map(shadowLine)),
    file('etc/gshadow', 0o640, shadowOwner, groups.map(gshadowLine)),
  ];
}

function passwdLine({ name, uid, gid, gecos, home, shell }: Account): string {
  return line([name, 'x', uid, gid, gecos, home, shell]);
}

function groupLine({ name, gid, members }: AccountGroup): string {
  return line([name, 'x', gid, members.join(',')]);
}

/** The day of the last change stays empty: no ageing until a password is set. */
function shadowLine({ name, uid }: Account): string {
  return line([name, uid >= 1000 && uid !== 65534 ? '!' : '*', '', 0, 99999, 7, '', '', '']);
}

function gshadowLine({ name, members }: AccountGroup): string {
  return line([name, '!', '', members.join(',')]);
}

/** Joins fields. Every field was checked where it came in; one that would forge an account is our own mistake. */
function line(fields: readonly (string | number)[]): string {
  const bad = fields.find((field) => /[:\p{Cc}\u2028\u2029]/u.test(String(field)));
  if (bad !== undefined) throw new Error(`not a field of an account file: ${JSON.stringify(bad)}`);
  return `${fields.join(':')}\n`;
}

function file(path: string, mode: number, owner: Owner, lines: readonly string[]): Entry {
  const why = 'the accounts of this tree alone';
  return {
    type: 'file',
    path: treePath(path),
    mode,
    owner,
    source: { text: lines.join('') },
    shared: false,
    why,
  };
}
