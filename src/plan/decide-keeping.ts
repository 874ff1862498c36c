/**
 * Who has the say about a path that virtfs laid:
 * - `system`: the host. It is what the host has now, or it is put right.
 * - `configuration`: the domain, once it changed the file; until then the host and the templates.
 * - `accounts`: the domain; of the host comes what accounts its programs need.
 * - `data`: the domain. It was laid once, to begin with.
 */
export type Keeping = 'system' | 'configuration' | 'accounts' | 'data';

const accountFiles = new Set(['etc/passwd', 'etc/group', 'etc/shadow', 'etc/gshadow']);

const dataFolders = new Set(['home', 'root', 'var', 'srv', 'tmp', 'run', 'mnt', 'media', 'proc']);

/** Goes by the path alone, so that it means the same for a tree of any age. */
export function decideKeeping(path: string): Keeping {
  if (accountFiles.has(path)) return 'accounts';
  const [top = '', second] = path.split('/', 2);
  if (dataFolders.has(top)) return 'data';
  if (top !== 'etc') return path === 'usr/local' || path.startsWith('usr/local/') ? 'data' : 'system';
  // What the dynamic loader goes by is made from the libraries, and by nobody's hand.
  return path === 'etc/ld.so.cache' || second === undefined ? 'system' : 'configuration';
}
