import type { DomainName } from '../domain/domain-name.ts';
import type { ListedUser } from '../domain/list-users.ts';

/** Where the users of a tree are. */
export interface TreeRequest {
  /** The root of trees, absolute. */
  readonly root: string;
  /** A domain of that root, no alias. */
  readonly domain: DomainName;
}

/** What every change of a tree's users is asked with. */
export interface UserChange extends TreeRequest {
  readonly signal: AbortSignal;
  /** Told once while another program holds the lock of the tree's accounts. */
  readonly onWait: () => void;
}

/** How a user is to log in. `none` closes the account until it gets a password. */
export type Password =
  | { readonly type: 'hash'; readonly hash: string }
  | { readonly type: 'plain'; readonly text: string }
  | { readonly type: 'none' };

/** A user who is to be added. What is left out is chosen. */
export interface AddUserRequest extends UserChange {
  readonly name: string;
  readonly password: Password;
  /** Full name and more (passwd(5)). */
  readonly gecos?: string;
  /** `/bin/false` unless asked. */
  readonly shell?: string;
  readonly home?: string;
  readonly uid?: number;
  /** Names of supplementary groups. */
  readonly groups?: readonly string[];
  /** The groups may be the system's. */
  readonly systemGroups?: boolean;
  /** False leaves Maildir and mailbox out. */
  readonly mail?: boolean;
  /** Decide all, and change nothing. */
  readonly dryRun?: boolean;
}

export interface AddedUser {
  readonly domain: DomainName;
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
  readonly groups: readonly string[];
  readonly password: 'set' | 'none';
  readonly dryRun: boolean;
  /** Sentences: what was there already, what was left out. */
  readonly notices: readonly string[];
}

export interface RemoveUserRequest extends UserChange {
  readonly name: string;
  /** Home and mailbox too. */
  readonly home: boolean;
  /** Accounts of the system too. */
  readonly force: boolean;
  readonly dryRun?: boolean;
}

export interface RemovedUser {
  readonly domain: DomainName;
  readonly name: string;
  readonly uid: number | undefined;
  readonly home: string | undefined;
  /** What became of the home. */
  readonly homeIs: 'removed' | 'kept' | 'missing';
  readonly dryRun: boolean;
  readonly notices: readonly string[];
}

export interface UserList extends TreeRequest {
  readonly users: readonly ListedUser[];
}
