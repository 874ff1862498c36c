import type { EnhancedStatus, EnvelopeRecipient } from './mail-types.ts';

/** Where the mail for one address goes, and how that was found. */
export interface Decision {
  /** As it was given. */
  readonly address: string;
  /** In the order they were taken. Text from outside in them is escaped. */
  readonly steps: readonly DecisionStep[];
  readonly result: DecisionResult;
}

export interface DecisionStep {
  /** 0 for the address itself, one more for each alias or `.forward` it was expanded by. */
  readonly depth: number;
  /** A sentence without a full stop. */
  readonly text: string;
}

export type DecisionResult =
  | {
      readonly type: 'mailboxes';
      /** Each mailbox once; `address` is the one that was given. Empty when all of it goes to other hosts. */
      readonly recipients: readonly EnvelopeRecipient[];
      /** Checked addresses (`local@domain`, the domain in ASCII) that are not of this host, each once. */
      readonly forwards: readonly string[];
    }
  | {
      /** For good: 5xx, 100, 67. `later`: 4xx, 111, 75. */
      readonly type: 'refused' | 'later';
      readonly status: EnhancedStatus;
      /** One line of printable ASCII: what the sender may hear. */
      readonly why: string;
      /** The same with all that is known of it, escaped: for the log and `explain`. */
      readonly detail: string;
    };
