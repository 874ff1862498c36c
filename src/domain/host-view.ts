import type { ProgramFacts } from './program-facts.ts';

export type HostFileType = 'file' | 'dir' | 'symlink' | 'other';

/** What lstat(2) and readlink(2) say of one host path. */
export interface HostFile {
  readonly type: HostFileType;
  /** Permission bits with set-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  /** For a symlink: its target as it stands. */
  readonly target?: string;
}

/**
 * The host as planning sees it: facts, read when asked for and then kept, so that one plan sees one host.
 * Planning is pure in that it only ever asks these questions; tests answer them from a table.
 * Paths are absolute and normal. Nothing here follows a symlink in the last component except `text` and `program`,
 * which are asked with paths already resolved.
 */
export interface HostView {
  /** undefined when there is no such path. */
  lstat(path: string): HostFile | undefined;
  /** Names in a directory, sorted; empty when it is not there. */
  list(path: string): readonly string[];
  /** A whole text file, undefined when it is not there. For configuration of at most 1 MB. */
  text(path: string): string | undefined;
  /** How a regular file would be run. `data` when it is not there. */
  program(path: string): ProgramFacts;
}
