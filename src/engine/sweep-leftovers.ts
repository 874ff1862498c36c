import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { unlinkAt } from '../linux/files.ts';
import { heldPath } from './held-path.ts';
import { removeTree } from './remove-tree.ts';
import type { StateDir } from './state-dir.ts';

/**
 * Clears what a killed virtfs left: trees in the stage, half-written state files, and the records, manifests and alias
 * links of domains whose tree never came to be. The lock must be held. `unpublished` are domains known to have no tree
 * of ours, even if by now something of that name stands there.
 */
export function sweepLeftovers(state: StateDir, unpublished: readonly string[] = []): void {
  const stage = state.part('stage');
  for (const name of readdirSync(heldPath(stage))) removeTree(stage, name);
  for (const part of ['domains', 'manifests', 'previous', 'layers', 'cache', 'store'] as const) {
    const fd = state.part(part);
    for (const name of readdirSync(heldPath(fd))) if (name.startsWith('.new-')) unlinkAt(fd, name);
  }
  const orphans = new Set(
    readdirSync(heldPath(state.part('domains')))
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .map((name) => name.slice(0, -'.json'.length))
      .filter((domain) => unpublished.includes(domain) || !hasFolder(state.rootFd, domain)),
  );
  if (orphans.size > 0) forget(state, orphans);
}

function forget(state: StateDir, domains: ReadonlySet<string>): void {
  for (const name of readdirSync(heldPath(state.rootFd))) {
    const target = linkTarget(state.rootFd, name);
    if (target !== undefined && domains.has(target)) unlinkAt(state.rootFd, name);
  }
  // The record last: it is what says that there is something to clear.
  for (const domain of domains) {
    removeTree(state.part('previous'), `${domain}.json`);
    removeTree(state.part('manifests'), `${domain}.json`);
    removeTree(state.part('domains'), `${domain}.json`);
  }
}

function hasFolder(dirfd: number, name: string): boolean {
  return lstatSync(heldPath(dirfd, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function linkTarget(dirfd: number, name: string): string | undefined {
  try {
    return readlinkSync(heldPath(dirfd, name));
  } catch (error) {
    if (isErrno(error, 'EINVAL') || isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
