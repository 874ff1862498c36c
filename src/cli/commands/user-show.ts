import type { PasswordState } from '../../domain/account-password.ts';
import type { FoundInTree } from '../../engine/inspect-home.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { type ShownUser, showUser } from '../../pipeline/list-users.ts';
import { describeFacts, type Fact } from '../describe-facts.ts';
import { describeSize } from '../describe-size.ts';
import { findUserTree } from '../find-user-tree.ts';
import type { UserShowCall } from '../specs/user-specs.ts';

export async function runUserShow({ operands, values, io }: UserShowCall): Promise<number> {
  const { root, domain } = await findUserTree(io, values.root, operands[0]);
  const shown = await showUser({ root, domain, name: operands[1] ?? '' });
  const { user, found, passwordChanged } = shown;
  if (values.json) {
    const { home, maildir, spool } = found;
    const there = { home, maildir, spool };
    io.out(JSON.stringify({ root, domain, ...user, passwordChanged, there }, undefined, 2));
    return 0;
  }
  io.out(`${escapeLines(user.name)} of ${domain}`);
  const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
  for (const line of describeFacts(factsOf(shown), width)) io.out(line);
  return 0;
}

const kinds = {
  person: "one of the domain's own",
  system: 'an account of the system',
  foreign: "neither the domain's nor the system's: virtexec refuses it",
};

// biome-ignore format: a table
const passwords: Readonly<Record<PasswordState, string>> = {
  set:    'set',
  locked: 'locked: virtfs user unlock opens it again',
  none:   'none: no password opens the account',
  open:   'none is asked for: anybody can log in. Close it: virtfs user lock',
};

function factsOf({ user, found, passwordChanged }: ShownUser): readonly Fact[] {
  const { uid, gid, gecos, groups, home, shell, password, kind } = user;
  const { maildir, spool } = found;
  return [
    ['full name', escapeLines(gecos) || undefined],
    ['id', `${uid}, group ${gid} (${kinds[kind]})`],
    ['groups', escapeLines(groups.join(' '))],
    ['shell', escapeLines(shell)],
    [
      'password',
      `${passwords[password]}${passwordChanged === undefined ? '' : `, since ${passwordChanged}`}`,
    ],
    ['home', `${escapeLines(home)}, ${describeFound(found.home, uid)}`],
    ['Maildir', describeFound(maildir, uid)],
    [
      'mailbox',
      `${describeFound(spool, uid)}${spool?.type === 'file' ? `, ${describeSize(spool.bytes)}` : ''}`,
    ],
  ];
}

function describeFound(found: FoundInTree | undefined, uid: number): string {
  if (found === undefined) return 'not there';
  const owner = found.uid === uid ? '' : `, which belongs to user ${found.uid}`;
  return `a ${found.type === 'other' ? 'thing that is no file' : found.type} of mode ${found.mode.toString(8).padStart(4, '0')}${owner}`;
}
