import type { DomainName } from './domain-name.ts';
import type { IpAddress } from './ip-address.ts';
import type { MailSettings } from './mail-settings.ts';

export type LinkMethod = 'reflink' | 'hardlink' | 'copy';

/** Numeric user and group ids first … first+count-1 belong to one domain alone. */
export interface UidRange {
  readonly first: number;
  readonly count: number;
}

/** What is kept of one domain: `.virtfs/domains/<domain>.json`. Version 1. */
export interface DomainRecord {
  readonly version: 1;
  readonly domain: DomainName;
  readonly profiles: readonly string[];
  readonly addresses: readonly IpAddress[];
  readonly aliases: readonly DomainName[];
  readonly admin: string;
  readonly uids: UidRange;
  readonly link: LinkMethod;
  /** What was said of its mail. */
  readonly mail?: MailSettings;
  /** The name it had before. */
  readonly renamedFrom?: DomainName;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly updated: string;
}
