import type { DomainName } from '../domain/domain-name.ts';

/** A mailbox somebody of a domain has, and who may write into it. */
export interface Mailbox {
  /** The root of trees, absolute. */
  readonly root: string;
  /** The tree's own name, never that of an alias. */
  readonly domain: DomainName;
  readonly user: string;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  /** Of the tree's passwd: a path inside the tree. */
  readonly home: string;
  /** `.detail` of Maildir++, which exists; undefined is the inbox. */
  readonly folder: string | undefined;
  readonly quota: MailQuota | undefined;
}

/** Limits of Maildir++ for all folders of a mailbox together. */
export interface MailQuota {
  readonly bytes: number | undefined;
  readonly messages: number | undefined;
  /** Whether a message over it is refused for good, or to be tried again. */
  readonly over: 'hard' | 'soft';
}

/** What became of one recipient. */
export type DeliveryResult =
  | { readonly type: 'delivered'; readonly path: string }
  /** For good: the sender hears of it. */
  | { readonly type: 'refused'; readonly status: EnhancedStatus; readonly why: string }
  /** It stays in the sender's queue. */
  | { readonly type: 'later'; readonly status: EnhancedStatus; readonly why: string };

/** Of RFC 3463: `5.1.1`. */
export type EnhancedStatus = `${4 | 5}.${number}.${number}`;

/** A message on its way: who sent it, and for whom each copy is. */
export interface Envelope {
  /** Without angle brackets; empty for a bounce. */
  readonly sender: string;
  readonly recipients: readonly EnvelopeRecipient[];
}

export interface EnvelopeRecipient {
  /** As it was given: what Delivered-To says. */
  readonly address: string;
  readonly mailbox: Mailbox;
}
