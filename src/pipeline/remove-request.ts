import type { DomainName } from '../domain/domain-name.ts';
import type { Settings } from '../domain/settings.ts';
import type { TreeMount } from '../host/list-tree-mounts.ts';
import type { TreeProcess } from '../host/list-tree-processes.ts';
import type { Progress } from './run-tasks.ts';

/** What `virtfs remove` is asked for: no question left. */
export interface RemoveRequest {
  readonly settings: Settings;
  /** The root the domains are in, absolute. */
  readonly root: string;
  readonly domains: readonly DomainName[];
  /** Delete for good, what is in the trash of these domains too. */
  readonly purge: boolean;
  /** End the programs that run in the trees, and detach what is mounted there. */
  readonly force: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Told once while another virtfs holds the lock of this root. */
  readonly onWait: () => void;
}

export interface RemovedTree {
  readonly domain: DomainName;
  /** Where the tree is now; undefined when it was deleted. */
  readonly trash: string | undefined;
  readonly aliases: readonly DomainName[];
  /** Files that had lines of the domain: `conf.ftp`. */
  readonly confFiles: readonly string[];
  readonly ended: readonly TreeProcess[];
  readonly detached: readonly Pick<TreeMount, 'path' | 'type' | 'source'>[];
}

/** A tree of the trash that was deleted for good. */
export interface PurgedTree {
  readonly domain: DomainName;
  /** When it was removed: ISO 8601, UTC. */
  readonly removed: string;
  readonly entries: number;
  /** What the disk got back. */
  readonly bytes: number;
}

export interface RemoveResult {
  readonly root: string;
  readonly domains: readonly RemovedTree[];
  /** Deleted because it was asked for, or because its days were over. */
  readonly purged: readonly PurgedTree[];
  /** Sentences the administrator should read. */
  readonly notices: readonly string[];
}
