import { readdirSync } from 'node:fs';
import { unlinkAt } from '../linux/files.ts';
import { readAliasTarget } from './alias-links.ts';
import { heldPath } from './held-path.ts';
import { removeTree } from './remove-tree.ts';
import type { StateDir } from './state-dir.ts';

/** Removes what is kept of domains that have no tree: the links to them, manifests and records. The lock must be held. */
export function forgetDomains(state: StateDir, domains: ReadonlySet<string>): void {
  for (const name of readdirSync(heldPath(state.rootFd))) {
    const target = readAliasTarget(state.rootFd, name);
    if (target !== undefined && domains.has(target)) unlinkAt(state.rootFd, name);
  }
  // The record last: it is what says that there is something to clear.
  for (const domain of domains) {
    for (const part of ['previous', 'manifests', 'domains'] as const)
      removeTree(state.part(part), `${domain}.json`);
  }
}
