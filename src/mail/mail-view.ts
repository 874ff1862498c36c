import type { Account } from '../domain/account.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { MailSettings } from '../domain/mail-settings.ts';
import type { UidRange } from '../domain/record.ts';
import type { MailQuota } from './mail-types.ts';
import type { ParsedAliases } from './parse-aliases.ts';

/**
 * What the decision where a message goes asks of the host. Every question may throw a VirtfsError, for what it asks
 * about belongs to strangers: the message stays in its queue then.
 */
export interface MailView {
  /** The domain whose tree, or alias link, has this very name in one of the roots of trees. */
  readonly findDomain: (name: DomainName) => MailDomain | undefined;
}

/** One domain, as far as mail goes. */
export interface MailDomain {
  /** The root of trees, absolute. */
  readonly root: string;
  /** The tree's own name, never that of an alias. */
  readonly domain: DomainName;
  /** Undefined for a tree virtfs did not make. */
  readonly uids: UidRange | undefined;
  /** The user who gets what root and postmaster get, where nothing else is said. */
  readonly admin: string | undefined;
  readonly settings: MailSettings;
  /** What the tree's etc/aliases says. */
  readonly aliases: () => ParsedAliases;
  /** The account of the tree's own passwd with this name, else the one whose name differs in ASCII case alone. */
  readonly findAccount: (name: string) => Account | undefined;
  /** Supplementary groups of an account, by number. */
  readonly groupsOf: (name: string) => readonly number[];
  /** Looks into a user's home as the user. */
  readonly lookAtHome: (question: HomeQuestion) => HomeFacts;
}

export interface HomeQuestion {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** Of the tree's passwd: a path inside the tree. */
  readonly home: string;
  /** Folders that would do, the best first: `.detail` of Maildir++. */
  readonly folders: readonly string[];
  readonly quota: MailQuota | undefined;
  /** Of the message, as far as it is known. */
  readonly bytes: number;
}

export type HomeFacts =
  /** No such folder, or one the user may not enter. A sentence. */
  | { readonly type: 'missing'; readonly why: string }
  | {
      readonly type: 'there';
      /** The home, or the Maildir in it, belongs to the user. */
      readonly isOwn: boolean;
      /** The text of `.forward`, when there is one that counts. */
      readonly forward: string | undefined;
      /** Why a `.forward` that is there does not count. */
      readonly forwardFault: string | undefined;
      /** The first of the folders asked for that exists. */
      readonly folder: string | undefined;
      /** By a count that can be believed, the message does not fit into the quota. */
      readonly isOver: boolean;
    };
