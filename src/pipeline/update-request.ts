import type { DomainName } from '../domain/domain-name.ts';
import type { Settings } from '../domain/settings.ts';
import type { Progress } from './run-tasks.ts';

/** What `virtfs update` is asked for. */
export interface UpdateRequest {
  readonly settings: Settings;
  /** The root whose trees are brought up to date, absolute. */
  readonly root: string;
  /** Domains of that root; `all` passes by those that are held. */
  readonly domains: readonly DomainName[] | 'all';
  /** Decide all changes, and change nothing. */
  readonly dryRun: boolean;
  /** Look at every file that was laid, and put right what is not as it was laid. */
  readonly repair: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Told once while another virtfs holds the lock of this root. */
  readonly onWait: () => void;
}

/** What was done, or with a dry run would be done, to one path of a tree. */
export interface Change {
  /** Relative to the tree. */
  readonly path: string;
  readonly action: 'add' | 'replace' | 'remove' | 'lay beside' | 'keep';
  /** A word or a sentence for people. */
  readonly why: string;
}

export interface UpdatedDomain {
  readonly domain: DomainName;
  readonly changes: readonly Change[];
  /** Sentences: what could not be brought up to date, and what to do. */
  readonly conflicts: readonly string[];
}

/** A program inside a tree that goes on with files that were replaced. */
export interface StaleProcess {
  readonly domain: DomainName;
  readonly pid: number;
  readonly command: string;
  /** Paths of the tree. */
  readonly files: readonly string[];
}

export interface UpdateResult {
  readonly root: string;
  readonly dryRun: boolean;
  readonly domains: readonly UpdatedDomain[];
  /** Domains that were passed by because they are held. */
  readonly held: readonly DomainName[];
  readonly staleProcesses: readonly StaleProcess[];
  readonly notices: readonly string[];
}
