/** A line of passwd(5). Every field is checked text: no colon, no control character. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
}

/** A line of group(5). */
export interface AccountGroup {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** Who lives in a tree. */
export interface Accounts {
  readonly users: readonly Account[];
  readonly groups: readonly AccountGroup[];
}
