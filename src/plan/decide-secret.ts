/** Password hashes belong here: shadow(5), gshadow(5), their backups, and the old passwords pam_unix(8) remembers. */
const homesOfHashes = new Set([
  'etc/shadow',
  'etc/shadow-',
  'etc/gshadow',
  'etc/gshadow-',
  'etc/security/opasswd',
]);

export interface SecretCase {
  /** Relative to the tree. */
  readonly path: string;
  /** What `findSecret` saw in it. */
  readonly secret: string;
  readonly mode: number;
  /** Virtfs laid it. */
  readonly isLaid: boolean;
  /** The host has the same at the same path. */
  readonly isHosts: boolean;
}

/**
 * What is wrong with a secret in a tree's configuration, undefined when nothing is: a domain may have keys of its own, as
 * long as not everybody in it may read them.
 */
export function decideSecret({ path, secret, mode, isLaid, isHosts }: SecretCase): string | undefined {
  if (isHosts) return `it holds ${secret}, and is the host's own file`;
  if (homesOfHashes.has(path)) return undefined;
  if ((mode & 0o004) !== 0) return `it holds ${secret}, and everybody may read it`;
  return isLaid ? `it holds ${secret}` : undefined;
}
