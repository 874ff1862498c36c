import type { DomainName } from '../domain/domain-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import type { DomainRecord } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import type { CreateResult } from './create-request.ts';
import type { PlannedDomains } from './plan-domains.ts';
import type { Progress } from './run-tasks.ts';

/** What `virtfs clone` is asked for. */
export interface CloneRequest {
  /** The domain that is cloned; the new one is made beside it, in the same root. */
  readonly root: string;
  readonly source: DomainName;
  readonly domain: DomainName;
  readonly addresses: readonly IpAddress[];
  readonly aliases: readonly DomainName[];
  /** Accounts come along, what passwords they have does not. */
  readonly withoutPasswords: boolean;
  readonly settings: Settings;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Told while another virtfs holds the lock of the root. */
  readonly onWait: () => void;
}

/** How much of the domain's own data came along. Bytes are contents, holes counted. */
export interface CloneCounts {
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  readonly bytes: number;
}

export interface CloneResult extends CreateResult {
  readonly source: DomainName;
  readonly copied: CloneCounts;
}

export interface PlannedClone extends PlannedDomains {
  readonly source: DomainRecord;
  readonly copied: CloneCounts;
}
