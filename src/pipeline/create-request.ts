import type { DomainName } from '../domain/domain-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import type { MailSettings } from '../domain/mail-settings.ts';
import type { DomainRecord, LinkMethod } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import type { HeldTree } from '../engine/held-tree.ts';
import type { TreesRoot } from '../engine/open-root.ts';
import type { Plan } from '../manifest/plan.ts';
import type { Progress } from './run-tasks.ts';

/** What `virtfs create` is asked for: checked words, no question left. */
export interface CreateRequest {
  /** At least one; addresses and aliases are for a single domain. */
  readonly domains: readonly DomainName[];
  readonly profiles: readonly string[];
  readonly addresses: readonly IpAddress[];
  readonly aliases: readonly DomainName[];
  readonly admin: string;
  /** What the records say of mail. */
  readonly mail?: MailSettings | undefined;
  /** Services of virtuald it is to have, once its tree is there: see createWithServices. */
  readonly services?: readonly string[];
  readonly link: 'auto' | LinkMethod;
  readonly settings: Settings;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Told while another virtfs holds the lock of this root. */
  readonly onWait: () => void;
  /** What is done to each new tree once it is as planned, and before anybody can see it. */
  readonly finish?: FinishStep;
}

export interface FinishStep {
  readonly title: string;
  readonly run: (staged: StagedTree, note: (text: string) => void) => Promise<void>;
}

/** A tree in the stage, which holds all that was planned and has no name among the trees yet. */
export interface StagedTree {
  readonly root: TreesRoot;
  readonly tree: HeldTree;
  readonly plan: Plan;
  readonly record: DomainRecord;
}

/** One tree that was made. Sizes in bytes. */
export interface CreatedDomain {
  readonly domain: DomainName;
  readonly path: string;
  readonly record: DomainRecord;
  readonly entries: number;
  /** Inodes and bytes no other tree shares. */
  readonly ownInodes: number;
  readonly ownBytes: number;
  /** Bytes of the files it shares through the store. */
  readonly sharedBytes: number;
}

export interface CreateResult {
  readonly root: string;
  readonly link: LinkMethod;
  readonly domains: readonly CreatedDomain[];
  /** Sentences the administrator should read. */
  readonly notices: readonly string[];
}
