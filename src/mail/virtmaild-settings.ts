import type { MailListen } from './mail-listen.ts';

/** What virtmaild.toml says, complete. */
export interface VirtmaildSettings {
  readonly listen: readonly MailListen[];
  /** Addresses other machines can reach are allowed. */
  readonly allowRemote: boolean;
  /** Of the host: who may open UNIX sockets beside root. Undefined: the group of the first trusted user. */
  readonly socketGroup: string | undefined;
  /** Of the host, by name or number: whose connections to UNIX sockets are served, beside root's. */
  readonly trustedUsers: readonly string[];
  /** In bytes. */
  readonly maxSize: number;
  readonly maxRecipients: number;
  readonly maxSessions: number;
  /** For how long a client may say nothing. */
  readonly idleSeconds: number;
  /** For how long a session may last. */
  readonly totalSeconds: number;
  /** The program that takes what is forwarded to other hosts. */
  readonly sendmail: string;
  /** The user of the host it runs as. */
  readonly forwardUser: string;
}
