/** A folder a profile asks for. Owners by name are looked up among the tree's own accounts. */
export interface ProfileDirectory {
  readonly path: string;
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
}

export interface ProfileLink {
  readonly path: string;
  readonly target: string;
}

/** One profile as it stands in its file, checked, `extends` not yet followed. Paths are absolute, as inside the tree. */
export interface Profile {
  readonly name: string;
  readonly summary: string;
  readonly extends: readonly string[];
  /** Names looked up on the host's PATH, or absolute paths. `*` is every program of bin and sbin. */
  readonly commands: readonly string[];
  /** As `commands`, but left out with a notice where the host lacks them. */
  readonly optionalCommands: readonly string[];
  /** Distribution packages whose files all come along. */
  readonly packages: readonly string[];
  /** Glob patterns of host files and folders (globby syntax), absolute. A folder means all below it. */
  readonly files: readonly string[];
  /** Plain paths, never patterns: looked up directly, and left out without a word where the host lacks them. */
  readonly optionalFiles: readonly string[];
  /** Glob patterns that take files out again. */
  readonly exclude: readonly string[];
  readonly directories: readonly ProfileDirectory[];
  readonly links: readonly ProfileLink[];
  /** Names of rows of the device table. */
  readonly devices: readonly string[];
  /** System accounts, ids as the host has them. */
  readonly users: readonly string[];
  readonly groups: readonly string[];
  /** Names of files of the host's /etc/pam.d. */
  readonly pam: readonly string[];
  /** Paths that keep their set-user-id and set-group-id bits. */
  readonly setid: readonly string[];
  /** Names of templates of etc, without `.eta`, that only trees of profiles naming them get. */
  readonly etc: readonly string[];
  /** Paths that `etc/shells` lists beside the host's shells: an FTP server takes nobody whose shell is not in there. */
  readonly shells: readonly string[];
  /** Where each new tree gets an SSH host key of its own; the public half is beside it. */
  readonly hostKeys: readonly string[];
  /** Services the profile readies a tree for. */
  readonly services: readonly string[];
  /** Debian's package of a command, for whoever lacks it. */
  readonly install: Readonly<Record<string, string>>;
}
