import type { LinkMethod, UidRange } from './record.ts';

/** What `virtfs doctor` looks at, as it was found. `undefined` is what could not be seen. */

export interface KernelFacts {
  /** As uname(2) has it: `6.1.0-25-amd64`. */
  readonly release: string;
  readonly openat2: boolean;
  /** open_tree(2) to mount_setattr(2), Linux 5.12. */
  readonly mountApi: boolean;
  /** proc(5) with `hidepid=ptraceable`, mounted for a trial. */
  readonly privateProc: boolean | undefined;
  /** Landlock's version, 0 where it has none. */
  readonly landlock: number;
  readonly seccomp: boolean;
  readonly pidfd: boolean;
  /** Anyone may make a user namespace. */
  readonly userNamespaces: boolean | undefined;
  /** A program may type into its terminal (TIOCSTI). */
  readonly legacyTiocsti: boolean | undefined;
}

export interface RuntimeFacts {
  /** `26.10.0`. */
  readonly node: string;
  /** How passwords can be hashed. */
  readonly passwords: 'yescrypt' | 'sha512crypt' | 'none';
  /** The path of strace(1). */
  readonly strace: string | undefined;
}

export interface LimitFacts {
  /** Open files of one process: how many it may have at most. */
  readonly openFilesHard: number | undefined;
  readonly processes: number | undefined;
  /** Open files of the whole machine. */
  readonly filesInUse: number | undefined;
  readonly filesMost: number | undefined;
}

export interface HookFacts {
  readonly apt: boolean;
  readonly unit: 'enabled' | 'present' | 'absent';
  /** systemd is what runs the machine. */
  readonly systemd: boolean;
}

export interface FileSystemFacts {
  readonly type: string;
  /** Of the mount and of the file system: `rw`, `nosuid`. */
  readonly options: readonly string[];
  /** Bytes. */
  readonly free: number;
  readonly size: number;
  /** 0 where the file system does not count them. */
  readonly inodesFree: number;
  readonly inodes: number;
}

/** One root of trees. */
export interface RootFacts {
  readonly root: string;
  readonly state:
    | { readonly type: 'usable'; readonly isOpenToOthers: boolean }
    | { readonly type: 'missing' }
    | { readonly type: 'unseen' }
    | { readonly type: 'refused'; readonly why: string; readonly mend: string };
  /** Where the root is, or would be. */
  readonly disk: FileSystemFacts | undefined;
  /** How a new tree would share files, tried or, where another virtfs is at work, undefined. */
  readonly link: LinkMethod | undefined;
  /** undefined where the root's own state cannot be read. */
  readonly trees: TreesFacts | undefined;
}

export interface TreesFacts {
  readonly domains: readonly DomainFacts[];
  /** Sentences: records and manifests that cannot be read. */
  readonly unreadable: readonly string[];
  /** How many of the host's files the trees hold in another version than the host has, by domain. */
  readonly outdated: ReadonlyMap<string, number>;
  readonly storeObjects: number;
  /** Names of the object that has most. */
  readonly mostNames: number;
  readonly trash: readonly TrashFacts[];
}

export interface DomainFacts {
  readonly domain: string;
  readonly uids: UidRange;
  readonly link: LinkMethod;
  readonly isHeld: boolean;
  /** Its profiles keep set-id bits of programs. */
  readonly hasSetId: boolean;
}

export interface TrashFacts {
  readonly domain: string;
  /** ISO 8601. */
  readonly removed: string;
  readonly expires: string | undefined;
}

export interface IdFacts {
  readonly first: number;
  readonly count: number;
  readonly domains: readonly { readonly domain: string; readonly uids: UidRange }[];
  /** Of the host's users, groups and containers. */
  readonly host: readonly UidRange[];
}
