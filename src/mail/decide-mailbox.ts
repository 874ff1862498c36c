import type { Account } from '../domain/account.ts';
import { lowerAscii } from '../domain/lower-ascii.ts';
import { mayUseId } from '../domain/may-use-id.ts';
import { isSystemId } from '../domain/system-ids.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { type Failure, refused, trouble, unknownUser } from './decision-failures.ts';
import type { Mailbox, MailQuota } from './mail-types.ts';
import type { MailDomain } from './mail-view.ts';

export interface MailboxQuestion {
  readonly domain: MailDomain;
  readonly account: Account;
  /** Of `user+detail`. */
  readonly detail: string | undefined;
  readonly bytes: number;
}

export type DecidedMailbox =
  | {
      readonly type: 'mailbox';
      readonly mailbox: Mailbox;
      readonly forward: string | undefined;
      readonly notes: readonly string[];
    }
  | { readonly type: 'failure'; readonly failure: Failure; readonly notes: readonly string[] };

/** setgroups(2) of more takes longer than a delivery. */
const mostGroups = 1000;

/** Whether an account of a tree's passwd, which is a stranger's file, has a mailbox, and which. */
export function decideMailbox({ domain, account, detail, bytes }: MailboxQuestion): DecidedMailbox {
  const who = `${escapeLines(account.name)} of ${domain.domain}`;
  const groups = domain.groupsOf(account.name);
  const wrong = whyNotIds(account, groups, domain);
  if (wrong !== undefined) return fail(trouble(`cannot deliver as ${who}: ${wrong}`));
  const { uid, gid, home } = account;
  const quota = quotaOf(domain);
  const folders = foldersOf(detail);
  const found = domain.lookAtHome({ uid, gid, groups, home, folders, quota, bytes });
  const isSystem = isSystemId(uid);
  if (found.type === 'missing') {
    return isSystem ? fail(noMailbox(who)) : fail(trouble(`the home of ${who} cannot be used: ${found.why}`));
  }
  if (isSystem && !found.isOwn) return fail(noMailbox(who));
  const notes = [
    `${who} is user ${uid}, group ${gid}, with the home ${escapeLines(home)}`,
    ...(detail === undefined ? [] : [describeFolder(detail, found.folder)]),
    ...(found.forwardFault === undefined
      ? []
      : [`the .forward of ${who} does not count: ${found.forwardFault}`]),
  ];
  if (found.isOver) return { type: 'failure', failure: overQuota(who, quota), notes };
  const mailbox: Mailbox = {
    root: domain.root,
    domain: domain.domain,
    user: account.name,
    uid,
    gid,
    groups,
    home,
    folder: found.folder,
    quota,
  };
  return { type: 'mailbox', mailbox, forward: found.forward, notes };
}

function whyNotIds(
  { uid, gid }: Account,
  groups: readonly number[],
  { uids }: MailDomain,
): string | undefined {
  const mayUse = (id: number) => mayUseId(id, uids);
  const own =
    uids === undefined
      ? 'unknown, for virtfs did not make the tree'
      : `${uids.first} to ${uids.first + uids.count - 1}`;
  const why = (id: string) => `${id} is neither one of the domain's own (${own}) nor a system account's`;
  if (!mayUse(uid)) return why(`its user id ${uid}`);
  if (!mayUse(gid)) return why(`its group id ${gid}`);
  const bad = groups.find((id) => !mayUse(id));
  if (bad !== undefined) return why(`the id ${bad} of one of its groups`);
  return groups.length > mostGroups ? `it is in more than ${mostGroups} groups` : undefined;
}

/** Those of Maildir++ that `detail` may name: a name is one step, and no dot can make it `..`. */
function foldersOf(detail: string | undefined): readonly string[] {
  if (detail === undefined || !/^[A-Za-z0-9_=+-][A-Za-z0-9_=+.-]*$/u.test(detail)) return [];
  return [...new Set([`.${detail}`, `.${lowerAscii(detail)}`])];
}

function describeFolder(detail: string, folder: string | undefined): string {
  return folder === undefined
    ? `no folder is called ${escapeLines(detail)}: the inbox`
    : `the folder ${escapeLines(folder)} is there`;
}

function quotaOf({ settings: { quota } }: MailDomain): MailQuota | undefined {
  return quota && { bytes: quota.bytes, messages: quota.messages, over: quota.over };
}

function overQuota(who: string, quota: MailQuota | undefined): Failure {
  const why = 'the mailbox is full';
  return quota?.over === 'hard'
    ? refused('5.2.2', why, who)
    : { type: 'later', status: '4.2.2', why, detail: `${who}: ${why}` };
}

/** Not for the catch-all either: it is somebody's name. */
function noMailbox(who: string): Failure {
  return unknownUser(`${who}, an account of the system without a home of its own`);
}

function fail(failure: Failure): DecidedMailbox {
  return { type: 'failure', failure, notes: [] };
}
