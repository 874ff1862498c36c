import type { DomainName } from './domain-name.ts';
import type { IpAddress } from './ip-address.ts';
import type { DomainRecord } from './record.ts';
import type { TreeAccounts } from './tree-accounts.ts';

/** A user as a declaration of the host has him. What is undefined is left as it is, or chosen for a new one. */
export interface DeclaredUser {
  readonly name: string;
  readonly fullName: string | undefined;
  readonly shell: string | undefined;
  readonly home: string | undefined;
  readonly uid: number | undefined;
  /** Supplementary groups. */
  readonly groups: readonly string[] | undefined;
  /** A field of shadow(5): a hash of crypt(5), one behind `!`, or `!` alone. */
  readonly passwordHash: string | undefined;
}

/** A domain as a declaration of the host has it. A list that is there is the whole list. */
export interface DeclaredDomain {
  readonly domain: DomainName;
  readonly profiles: readonly string[] | undefined;
  readonly addresses: readonly IpAddress[] | undefined;
  readonly aliases: readonly DomainName[] | undefined;
  readonly admin: string | undefined;
  /** Names of services of virtuald: files conf.SERVICE that have lines of it. */
  readonly services: readonly string[] | undefined;
  /** Groups of the domain's own, beside those every tree has and those of its users. */
  readonly groups: readonly string[];
  readonly users: readonly DeclaredUser[];
}

/** A domain as it is. */
export interface PresentDomain {
  readonly record: DomainRecord;
  /** The links in the root of trees that lead to it, whoever made them. */
  readonly links: readonly DomainName[];
  /** The services it has lines of conf files for. */
  readonly services: readonly string[];
  /** Its record was changed, and the change has not come to its tree yet. */
  readonly isBehind: boolean;
  /** undefined where nobody asked for them, or the domain made its files unreadable. */
  readonly accounts: TreeAccounts | undefined;
  /** Why its accounts cannot be read: a sentence. */
  readonly trouble: string | undefined;
}
