import { lstatSync, readdirSync } from 'node:fs';
import { unlinkAt } from '../linux/files.ts';
import { forgetDomains } from './forget-domains.ts';
import { heldPath } from './held-path.ts';
import { removeTree } from './remove-tree.ts';
import { settleRenaming } from './settle-renaming.ts';
import type { StateDir } from './state-dir.ts';
import { settleRemovals } from './trash.ts';

/**
 * Clears what a killed virtfs left: trees in the stage, half-written state files, a renaming on its way, and the records,
 * manifests and alias links of domains whose tree never came to be. The lock must be held. `unpublished` are domains
 * known to have no tree of ours, even if by now something of that name stands there.
 */
export function sweepLeftovers(state: StateDir, unpublished: readonly string[] = []): void {
  sweepStage(state);
  for (const part of ['domains', 'manifests', 'previous', 'layers', 'cache', 'store'] as const) {
    const fd = state.part(part);
    for (const name of readdirSync(heldPath(fd))) if (name.startsWith('.new-')) unlinkAt(fd, name);
  }
  settleRenaming(state);
  settleRemovals(state);
  const orphans = new Set(
    readdirSync(heldPath(state.part('domains')))
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .map((name) => name.slice(0, -'.json'.length))
      .filter((domain) => unpublished.includes(domain) || !hasFolder(state.rootFd, domain)),
  );
  if (orphans.size > 0) forgetDomains(state, orphans);
}

/** Clears what was made in the stage and did not get its place. */
export function sweepStage(state: StateDir): void {
  const stage = state.part('stage');
  for (const name of readdirSync(heldPath(stage))) removeTree(stage, name);
}

function hasFolder(dirfd: number, name: string): boolean {
  return lstatSync(heldPath(dirfd, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}
