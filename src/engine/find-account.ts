import type { Account } from '../domain/account.ts';
import { mayUseId } from '../domain/may-use-id.ts';
import { parseGroupsOf } from '../domain/parse-group.ts';
import { parsePasswd } from '../domain/parse-passwd.ts';
import type { UidRange } from '../domain/record.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readTreeFile } from './read-tree-file.ts';

/** Someone a program can run as inside a tree. */
export interface TreeAccount {
  readonly account: Account;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

/** Far beyond the largest passwd a domain could fill its ids with. */
const mostBytes = 8 * 1024 * 1024;

const defaultRoot: Account = { name: 'root', uid: 0, gid: 0, gecos: '', home: '/root', shell: '/bin/sh' };

/** Root of the tree: home and shell as its passwd says, if it says anything of use. */
export function findRootAccount(treeFd: number): TreeAccount {
  const account = readPasswd(treeFd, 'root');
  const isRoot = account?.uid === 0 && account.gid === 0;
  return { account: isRoot ? account : defaultRoot, groups: [] };
}

/**
 * The account `user`, a name or number, of the tree's own passwd and group files, read by us and by nobody's library.
 * Throws UNKNOWN_USER, and USER_FORBIDDEN when one of its ids is root's, the host's or another domain's: whoever may
 * write these files must not become more than the domain is.
 */
export function findAccount(treeFd: number, user: string, range: UidRange | undefined): TreeAccount {
  const account = readPasswd(treeFd, user);
  if (!account) throw unknown(user);
  requireAllowed(account.uid, `user id ${account.uid}`, user, range);
  requireAllowed(account.gid, `group id ${account.gid}`, user, range);
  const groups = parseGroupsOf(readTreeFile(treeFd, 'etc/group', mostBytes) ?? '', account.name);
  for (const { name, gid } of groups) {
    requireAllowed(gid, `the id ${gid} of its group ${escapeLines(name)}`, user, range);
  }
  return { account, groups: groups.map(({ gid }) => gid) };
}

function readPasswd(treeFd: number, user: string): Account | undefined {
  return parsePasswd(readTreeFile(treeFd, 'etc/passwd', mostBytes) ?? '', user);
}

function requireAllowed(id: number, what: string, user: string, range: UidRange | undefined): void {
  if (mayUseId(id, range)) return;
  const own = range
    ? `${range.first} to ${range.first + range.count - 1}`
    : 'unknown, for virtfs did not make it';
  throw new VirtfsError('USER_FORBIDDEN', {
    what: `cannot run a program as ${escapeLines(user)}`,
    why: `${what} is neither one of the domain's own (${own}) nor a system account's below 1000`,
    mend: "correct the tree's etc/passwd and etc/group, or leave --user out to be root of the tree",
  });
}

function unknown(user: string): VirtfsError {
  return new VirtfsError('UNKNOWN_USER', {
    what: `cannot run a program as ${escapeLines(user)}`,
    why: "the tree's etc/passwd has no such user",
    mend: "give a name or a number of the tree's etc/passwd; the host's users are not known there",
  });
}
