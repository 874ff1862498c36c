import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DomainName } from '../domain/domain-name.ts';
import { detachTreeMount, shareNothing } from '../engine/detach-tree-mount.ts';
import type { TreesRoot } from '../engine/open-root.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { endTreeProcesses, runsInTree } from '../host/end-tree-processes.ts';
import { listTreeMounts, type TreeMount } from '../host/list-tree-mounts.ts';
import { listTreeProcesses, type TreePlace, type TreeProcess } from '../host/list-tree-processes.ts';

/** Who and what is in a tree. */
export interface TreeUsers {
  readonly processes: readonly TreeProcess[];
  readonly mounts: readonly TreeMount[];
}

/** Where the tree of `domain` is; its folder must be there. */
export function findPlace(rootPath: string, domain: DomainName): TreePlace {
  const path = join(rootPath, domain);
  const { dev, ino } = statSync(path, { bigint: true });
  return { dev, ino, path };
}

export function listTreeUsers(place: TreePlace): TreeUsers {
  return { processes: listTreeProcesses(place), mounts: listTreeMounts(place.path) };
}

/** Throws TREE_IN_USE, which names them, when there are any. */
export function requireUnused(domain: DomainName, users: TreeUsers): void {
  if (users.processes.length + users.mounts.length === 0) return;
  const mend = `end and unmount them, or let virtfs do it: virtfs remove ${domain} --force`;
  throw treeInUse(users, `remove ${domain}`, mend);
}

/**
 * Ends the programs that run in the tree and detaches what is mounted there. Throws TREE_IN_USE when some stay: the tree
 * is where it was. `what` completes "cannot".
 */
export async function freeTree(
  root: TreesRoot,
  domain: DomainName,
  { what, signal }: { readonly what: string; readonly signal: AbortSignal },
): Promise<{ readonly ended: readonly TreeProcess[]; readonly detached: readonly TreeMount[] }> {
  const place = findPlace(root.path, domain);
  const { ended, left } = await endTreeProcesses(place, signal);
  if (left.length > 0) {
    throw treeInUse(
      { processes: left, mounts: [] },
      what,
      'they start faster than they are ended, or cannot end: find out who starts them, then run the same command again',
    );
  }
  const detached = detachMounts(root, domain, place);
  const mounts = listTreeMounts(place.path);
  if (mounts.length > 0)
    throw treeInUse(
      { processes: [], mounts },
      what,
      'unmount them, then run the same command again: findmnt',
    );
  return { ended, detached };
}

/** As often as there are mounts: one may lie hidden below another, and folders be renamed meanwhile. */
const mostRounds = 100;

function detachMounts(root: TreesRoot, domain: DomainName, { path }: TreePlace): readonly TreeMount[] {
  const placeOf = ({ within, id }: TreeMount) => ({
    path: Buffer.concat([Buffer.from(`${domain}/`), within]),
    id,
  });
  const detached: TreeMount[] = [];
  for (let round = 0; round < mostRounds; round++) {
    for (const mount of listTreeMounts(path)) if (mount.isShared) shareNothing(root.fd, placeOf(mount));
    // One that stays shared cannot be reached: another covers it, which is left to the administrator then.
    const gone = listTreeMounts(path).filter(
      (mount) => !mount.isOnShared && detachTreeMount(root.fd, placeOf(mount)),
    );
    if (gone.length === 0) break;
    detached.push(...gone);
  }
  return detached;
}

const mostShown = 10;

function treeInUse({ processes, mounts }: TreeUsers, what: string, mend: string): VirtfsError {
  const all = [...processes.map(describeProcess), ...mounts.map(describeMount)];
  const more = all.length > mostShown ? `; and ${all.length - mostShown} more` : '';
  return new VirtfsError('TREE_IN_USE', {
    what: `cannot ${what}`,
    why: `it is in use: ${all.slice(0, mostShown).join('; ')}${more}`,
    mend,
  });
}

/** `process 12 (sh -c x), user 200003, runs in it`. */
export function describeProcess(found: TreeProcess): string {
  const { pid, command, uid, uses } = found;
  const how = runsInTree(found)
    ? 'runs in it'
    : uses.includes('file')
      ? 'has files of it open'
      : 'works in a folder of it';
  return `process ${pid} (${escapeLines(command.slice(0, 60))}) of user ${uid} ${how}`;
}

function describeMount({ path, type }: TreeMount): string {
  return `${escapeLines(path)} is a mount (${escapeLines(type)})`;
}
