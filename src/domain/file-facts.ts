/** What statx(2) says of one name in a folder; a link is itself, not what it leads to. */
export interface FileFacts {
  readonly type: 'file' | 'dir' | 'symlink' | 'char' | 'block' | 'fifo' | 'socket' | 'other';
  /** Permission bits with set-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
  /** Device and inode: the same for two names of one file, and for no other. */
  readonly identity: string;
  /** Of a device. */
  readonly major: number;
  readonly minor: number;
  /** Something is mounted there (Linux 5.8; false before). */
  readonly isMount: boolean;
}
