/** What a domain's record says of its mail. What is left out does not happen. */
export interface MailSettings {
  /** A user or alias of the domain, or an address, that gets what nobody else does. */
  readonly catchAll?: string;
  /** Local parts, in lower case, whose mail is refused for good. */
  readonly refuse?: readonly string[];
  /** Limits of Maildir++ for each user's mailbox. */
  readonly quota?: MailQuotaSetting;
  /** What parts a user's name from a folder's: `bob+list`. */
  readonly detail?: '+';
}

export interface MailQuotaSetting {
  readonly bytes?: number;
  readonly messages?: number;
  /** Whether a message over it is refused for good, or to be tried again. */
  readonly over: 'hard' | 'soft';
}
